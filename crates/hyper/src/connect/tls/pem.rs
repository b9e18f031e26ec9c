//! Certificates out of a PEM text.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, Error, RootCertStore};

/// Reads each certificate of a PEM text, in its order, on its own: what is wrong with one of them spoils no other. Text between
/// the sections and sections of other kinds, such as keys, are passed over and not decoded. An error says what is wrong and
/// holds nothing of the text.
pub(crate) fn certificates(pem: &[u8]) -> Vec<Result<CertificateDer<'static>, &'static str>> {
    sections(pem)
        .into_iter()
        .filter(|section| is_certificate(section))
        .map(|section| match CertificateDer::from_pem_slice(section) {
            Ok(certificate) if is_der(&certificate) => Ok(certificate),
            Ok(_) => Err("is not a certificate in DER form"),
            Err(_) => Err("is not well-formed PEM"),
        })
        .collect()
}

/// Whether this decodes as a certificate, whatever it may be good for.
pub(crate) fn is_der(certificate: &CertificateDer<'_>) -> bool {
    let added = RootCertStore::empty().add(certificate.clone());
    !matches!(
        added,
        Err(Error::InvalidCertificate(CertificateError::BadEncoding))
    )
}

/// Cuts a text before each section, so that one without an end does not swallow the next one.
fn sections(pem: &[u8]) -> Vec<&[u8]> {
    let mut starts = Vec::new();
    let mut at = 0_usize;
    for line in pem.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
        starts.extend(starts_in(line).map(|start| start.saturating_add(at)));
        at = line.len().saturating_add(at);
    }
    let ends = starts.iter().skip(1).copied().chain([pem.len()]);
    let ranges = starts.iter().copied().zip(ends);
    ranges
        .filter_map(|(start, end)| pem.get(start..end))
        .map(without_mark)
        .collect()
}

/// Where sections begin in a line: at its beginning, and right behind other text, as where files without a line end were put one
/// behind the other. Behind a space, or the mark of a comment and nothing else, it is a remark: whoever comments a certificate out
/// does not trust it.
fn starts_in(line: &[u8]) -> impl Iterator<Item = usize> {
    let places = line.windows(BEGIN.len()).enumerate();
    let begins = places.filter(|(_, part)| *part == BEGIN);
    begins.filter_map(|(at, _)| {
        let before = line.get(..at)?;
        if without_mark(before).trim_ascii_start().is_empty() {
            return Some(0);
        }
        let is_mark = |byte: &u8| matches!(byte, b'#' | b';' | b'/');
        let is_remark = before.last().is_some_and(u8::is_ascii_whitespace)
            || without_mark(before).trim_ascii_start().iter().all(is_mark);
        (!is_remark).then_some(at)
    })
}

/// Whether a section says that it is a certificate: also under an older or a wider label, which is not read.
fn is_certificate(section: &[u8]) -> bool {
    let mut lines = section.split(|byte| matches!(byte, b'\n' | b'\r'));
    let label = lines.next().unwrap_or_default();
    let label = label.trim_ascii().strip_prefix(BEGIN).unwrap_or_default();
    label
        .windows(CERTIFICATE.len())
        .any(|part| part == CERTIFICATE)
        && !label.windows(REQUEST.len()).any(|part| part == REQUEST)
}

/// The same text without the mark that some editors put before it.
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text)
}

const BEGIN: &[u8] = b"-----BEGIN ";
const CERTIFICATE: &[u8] = b"CERTIFICATE";
const REQUEST: &[u8] = b"REQUEST";

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::certificates;

    fn certificate() -> (String, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["authority".to_owned()]).unwrap();
        (params.self_signed(&key).unwrap().pem(), key)
    }

    /// Which certificates of a text can be read.
    fn readable(pem: &str) -> Vec<bool> {
        let found = certificates(pem.as_bytes());
        found.iter().map(Result::is_ok).collect()
    }

    #[test]
    fn a_broken_certificate_spoils_no_other() {
        let (good, key) = certificate();
        let key = key.serialize_pem();
        for broken in [
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n?!\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\nMIIB\n",
            "-----BEGIN CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE----\nMIIB\n-----END CERTIFICATE-----\n",
            "-----BEGIN TRUSTED CERTIFICATE-----\nMIIB\n-----END TRUSTED CERTIFICATE-----\n",
            &good.replace("MII", "AII"),
            &good.replace("-----END", "-----EN"),
            &good[..good.len() / 2],
            &good.replace("-----BEGIN", "  -----BEGIN"),
        ] {
            let broken = format!("{broken}\n");
            assert_eq!(readable(&broken), [false], "{broken}");
            let bundle = format!("{good}{broken}{good}{key}{broken}{good}");
            assert_eq!(
                readable(&bundle),
                [true, false, true, false, true],
                "{broken}"
            );
        }
    }

    #[test]
    fn a_certificate_behind_a_file_without_a_line_end_is_read() {
        let (good, key) = certificate();
        let (good, key) = (good.trim_end(), key.serialize_pem());
        let key = key.trim_end();
        for (bundle, expected) in [
            (format!("{good}{good}"), vec![true, true]),
            (format!("{good}{good}{good}\n"), vec![true, true, true]),
            (format!("{key}{good}{key}{good}"), vec![true, true]),
            (format!("\u{feff}{good}\u{feff}{good}"), vec![true, true]),
            (
                format!("{good}{}{good}", &good[..80]),
                vec![true, false, true],
            ),
            (
                format!("{}{good}", &good[..good.len() - 30]),
                vec![false, true],
            ),
            (format!("# the first{good}"), vec![true]),
        ] {
            assert_eq!(readable(&bundle), expected, "{bundle}");
        }
    }

    #[test]
    fn text_around_and_line_ends_of_any_kind_do_not_matter() {
        let (good, key) = certificate();
        let key = key.serialize_pem();
        for text in [
            good.replace('\n', "\r\n"),
            good.replace('\n', "\r"),
            format!("\u{feff}{good}"),
            format!("# My authority\nsubject=CN = authority\n{good}# the end"),
            good.trim_end().to_owned(),
            format!("{key}{good}{key}"),
            format!("{}{good}", key.replace("MIG", "M?G")),
            format!("-----BEGIN PRIVATE KEY-----\nMIG\n{good}"),
            format!("-----BEGIN CERTIFICATE REQUEST-----\nMIG\n{good}"),
            format!("-----BEGIN X509 CRL-----\nMIG\n-----END X509 CRL-----\n{good}"),
        ] {
            assert_eq!(readable(&text), [true], "{text}");
        }
        assert_eq!(readable(&format!("{good}{good}")), [true, true]);
        // An authority whose first line is commented out is not to be trusted.
        for mark in ["# ", "#", "##", "\u{feff}#", ";", "//"] {
            assert!(readable(&format!("{mark}{good}")).is_empty(), "{mark}");
            assert_eq!(readable(&format!("{mark}{good}{good}")), [true], "{mark}");
        }
        for text in ["", "not PEM", &key] {
            assert!(readable(text).is_empty(), "{text}");
        }
    }
}
