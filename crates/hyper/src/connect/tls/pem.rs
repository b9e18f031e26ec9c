//! Certificates in a PEM text.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, Error, RootCertStore};

/// Parses the certificates of a PEM text in order, each on its own, so that an invalid one does not affect the others. Text
/// between sections and sections of other kinds, such as keys, are skipped without decoding. Errors contain nothing of the
/// text.
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

/// Returns whether this is a certificate in DER form, whatever its purpose.
pub(crate) fn is_der(certificate: &CertificateDer<'_>) -> bool {
    let added = RootCertStore::empty().add(certificate.clone());
    !matches!(
        added,
        Err(Error::InvalidCertificate(CertificateError::BadEncoding))
    )
}

/// Splits a text before each section, so that a section without an end does not swallow the next one.
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
        .map(without_byte_order_mark)
        .collect()
}

/// Returns where sections begin in a line: at its start, and directly after other text, as in concatenated files without a final
/// line end. After whitespace, or after nothing but comment marks, it is a comment: a certificate that is commented out is not
/// trusted.
fn starts_in(line: &[u8]) -> impl Iterator<Item = usize> {
    let windows = line.windows(BEGIN.len()).enumerate();
    let begins = windows.filter(|(_, part)| *part == BEGIN);
    begins.filter_map(|(at, _)| {
        let before = line.get(..at)?;
        if without_byte_order_mark(before)
            .trim_ascii_start()
            .is_empty()
        {
            return Some(0);
        }
        let is_mark = |byte: &u8| matches!(byte, b'#' | b';' | b'/');
        let is_comment = before.last().is_some_and(u8::is_ascii_whitespace)
            || without_byte_order_mark(before)
                .trim_ascii_start()
                .iter()
                .all(is_mark);
        (!is_comment).then_some(at)
    })
}

/// Returns whether the label of a section names a certificate. Older and extended labels count too, though they do not parse.
fn is_certificate(section: &[u8]) -> bool {
    let mut lines = section.split(|byte| matches!(byte, b'\n' | b'\r'));
    let label = lines.next().unwrap_or_default();
    let label = label.trim_ascii().strip_prefix(BEGIN).unwrap_or_default();
    label
        .windows(CERTIFICATE.len())
        .any(|part| part == CERTIFICATE)
        && !label.windows(REQUEST.len()).any(|part| part == REQUEST)
}

/// Strips the byte order mark that some editors add.
fn without_byte_order_mark(text: &[u8]) -> &[u8] {
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

    /// Returns, for each certificate of a text, whether it parses.
    fn valid_certificates(pem: &str) -> Vec<bool> {
        let found = certificates(pem.as_bytes());
        found.iter().map(Result::is_ok).collect()
    }

    #[test]
    fn an_invalid_certificate_does_not_affect_others() {
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
            assert_eq!(valid_certificates(&broken), [false], "{broken}");
            let bundle = format!("{good}{broken}{good}{key}{broken}{good}");
            assert_eq!(
                valid_certificates(&bundle),
                [true, false, true, false, true],
                "{broken}"
            );
        }
    }

    #[test]
    fn a_certificate_after_a_missing_line_end_is_parsed() {
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
            assert_eq!(valid_certificates(&bundle), expected, "{bundle}");
        }
    }

    #[test]
    fn surrounding_text_and_line_ends_do_not_matter() {
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
            assert_eq!(valid_certificates(&text), [true], "{text}");
        }
        assert_eq!(valid_certificates(&format!("{good}{good}")), [true, true]);
        // An authority whose first line is commented out must not be trusted.
        for mark in ["# ", "#", "##", "\u{feff}#", ";", "//"] {
            assert!(
                valid_certificates(&format!("{mark}{good}")).is_empty(),
                "{mark}"
            );
            assert_eq!(
                valid_certificates(&format!("{mark}{good}{good}")),
                [true],
                "{mark}"
            );
        }
        for text in ["", "not PEM", &key] {
            assert!(valid_certificates(text).is_empty(), "{text}");
        }
    }
}
