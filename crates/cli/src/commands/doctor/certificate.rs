//! What the certificate of a server says.

use std::time::{Duration, SystemTime};

use gatelet_models::Timestamp;
use x509_cert::Certificate as X509;
use x509_cert::der::Decode as _;

use crate::error::report::truncate;

/// How long before its end a certificate is warned of.
const SOON: Duration = Duration::from_secs(14 * 86_400);

/// Who issued the certificate of a server, and when it ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// The server's text, such as `CN=R11,O=Let's Encrypt,C=US`.
    issuer: String,
    is_self_signed: bool,
    end: SystemTime,
}

impl Certificate {
    /// Reads a certificate in DER form; `None` if it has another form.
    pub(crate) fn parse(der: &[u8]) -> Option<Self> {
        let certificate = X509::from_der(der).ok()?;
        let content = certificate.tbs_certificate();
        let end = content.validity().not_after.to_date_time().unix_duration();
        Some(Self {
            issuer: truncate(&content.issuer().to_string()),
            is_self_signed: content.issuer() == content.subject(),
            end: SystemTime::UNIX_EPOCH.checked_add(end)?,
        })
    }

    /// Says who issued it, and when it ends.
    pub(crate) fn describe(&self) -> String {
        let end = Timestamp::from(self.end);
        match self.is_self_signed {
            true => format!(
                "the certificate of {} is its own authority, and ends {end}",
                self.issuer
            ),
            false => format!(
                "the certificate was issued by {}, and ends {end}",
                self.issuer
            ),
        }
    }

    /// Returns whether it has ended or ends soon.
    pub(crate) fn ends_soon(&self, now: SystemTime) -> bool {
        self.end.duration_since(now).is_ok_and(|left| left < SOON) || self.end <= now
    }
}

#[cfg(test)]
mod tests {
    use gatelet_test_support::pki::{Authority, Identity};

    use super::*;

    #[test]
    fn issuer_and_end_are_read_and_anything_else_is_no_certificate() {
        let own = Identity::self_signed("localhost", |_| {});
        let own = Certificate::parse(&own.certificate).unwrap();
        assert!(own.is_self_signed && own.describe().contains("is its own authority"));
        let issued = Authority::new().certify("localhost", |params| {
            let name = &mut params.distinguished_name;
            name.push(rcgen::DnType::CommonName, "localhost");
        });
        let issued = Certificate::parse(&issued.certificate).unwrap();
        assert!(!issued.is_self_signed && issued.describe().contains("was issued by CN="));
        assert!(!issued.ends_soon(SystemTime::UNIX_EPOCH));
        assert!(issued.ends_soon(issued.end - SOON / 2));
        assert!(issued.ends_soon(issued.end + SOON));
        for wrong in [&b""[..], b"not DER", &[0x30, 0]] {
            assert_eq!(Certificate::parse(wrong), None);
        }
    }
}
