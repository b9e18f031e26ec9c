//! JSON numbers that keep all digits that were read, or say that they cannot.

use alloc::{boxed::Box, format, string::String};
use core::fmt;

use serde_core::{Serialize, Serializer};

/// A JSON number.
#[derive(Clone, Debug)]
pub(crate) enum Number {
    Unsigned(u64),
    /// A negative number.
    Signed(i64),
    /// A number whose shortest decimal form has the value that was read.
    Float(f64),
    /// The text of a number that neither an `f64` nor a 64-bit integer represents exactly.
    Text(Box<str>),
    /// The shortest form of a number that was read as an `f64` and may have had more digits.
    Inexact(Box<str>),
}

impl Number {
    /// Parses the text of a JSON number.
    pub(crate) fn from_text(text: &str) -> Self {
        if let Ok(value) = text.parse() {
            return Self::Unsigned(value);
        }
        match text.parse() {
            // An integer cannot represent -0.
            Ok(0) | Err(_) => {}
            Ok(value) => return Self::Signed(value),
        }
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() && has_value_of(value, text) => Self::Float(value),
            _ => Self::Text(text.into()),
        }
    }

    /// Converts a number whose text is unknown. If the text may have had more digits, the number is inexact.
    pub(crate) fn from_float(value: f64) -> Self {
        /// From here on, not every integer is an `f64`: 2⁵³.
        const INTEGERS_END: f64 = 9_007_199_254_740_992.0;
        let shortest = format!("{value:e}");
        let is_short = decimal(&shortest).is_some_and(|it| it.digits.len() <= 15);
        if value.is_finite() && value.abs() < INTEGERS_END && is_short {
            Self::Float(value)
        } else {
            Self::Inexact(shortest.into())
        }
    }

    /// Returns whether no number type holds it exactly.
    pub(crate) const fn is_inexact(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Inexact(_))
    }

    /// Returns whether its text is unknown, so that digits may have been lost when it was read.
    pub(crate) const fn has_lost_digits(&self) -> bool {
        matches!(self, Self::Inexact(_))
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        u64::try_from(value).map_or(Self::Signed(value), Self::Unsigned)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unsigned(one), Self::Unsigned(other)) => one == other,
            (Self::Signed(one), Self::Signed(other)) => one == other,
            // 0.0 and -0.0 are written differently.
            (Self::Float(one), Self::Float(other)) => one.to_bits() == other.to_bits(),
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Inexact(one), Self::Inexact(other)) => one == other,
            _ => false,
        }
    }
}

impl Eq for Number {}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned(value) => write!(f, "{value}"),
            Self::Signed(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Text(digits) | Self::Inexact(digits) => f.write_str(digits),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unsigned(value) => serializer.serialize_u64(*value),
            Self::Signed(value) => serializer.serialize_i64(*value),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Text(digits) | Self::Inexact(digits) => serializer.serialize_str(digits),
        }
    }
}

/// Returns whether `value`, written in its shortest decimal form, has exactly the value of the text.
fn has_value_of(value: f64, text: &str) -> bool {
    decimal(text).is_some_and(|it| decimal(&format!("{value:e}")) == Some(it))
}

/// A decimal number without insignificant zeros.
#[derive(PartialEq)]
struct Decimal {
    is_negative: bool,
    digits: String,
    /// The power of ten of the last digit.
    exponent: i64,
}

fn decimal(text: &str) -> Option<Decimal> {
    let unsigned = text.strip_prefix('-');
    let (mantissa, exponent) = match unsigned.unwrap_or(text).split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().ok()?),
        None => (unsigned.unwrap_or(text), 0_i64),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_end_matches('0');
    let zeros = all.len().checked_sub(significant.len())?;
    let digits = String::from(significant.trim_start_matches('0'));
    let exponent = exponent
        .checked_sub(i64::try_from(fraction.len()).ok()?)?
        .checked_add(i64::try_from(zeros).ok()?)?;
    Some(Decimal {
        is_negative: unsigned.is_some(),
        exponent: if digits.is_empty() { 0 } else { exponent },
        digits,
    })
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn a_number_keeps_its_value_or_is_inexact() {
        for (text, written) in [
            ("0", "0"),
            ("-7", "-7"),
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("-0", "-0.0"),
            ("0.5", "0.5"),
            ("1.10", "1.1"),
            ("1e3", "1000.0"),
            ("3.141592653589793", "3.141592653589793"),
            ("100000000000000000000", "1e20"),
            ("5e-324", "5e-324"),
        ] {
            let number = Number::from_text(text);
            assert!(!number.is_inexact(), "{text}");
            assert_eq!(number.to_string(), written);
            assert_eq!(Number::from_text(written), number, "{text}");
        }
        for text in [
            "18446744073709551617",
            "-9223372036854775809",
            "123456789012345678901234567890",
            "0.1234567890123456789",
            "1.00000000000000000001",
            "0.1000000000000000055511151231257827",
            "1e400",
            "-1e400",
            "1e-400",
            "1e99999999999999999999",
        ] {
            let number = Number::from_text(text);
            assert!(number.is_inexact(), "{text} {number}");
            assert!(!number.has_lost_digits(), "{text} {number}");
            assert_eq!(number.to_string(), text);
        }
    }

    #[test]
    fn a_float_without_its_text_is_exact_only_if_no_digit_can_be_missing() {
        for value in [0.5, -0.1, 1000.0, 1e-9] {
            assert!(!Number::from_float(value).is_inexact(), "{value}");
        }
        for value in [
            1e20,
            0.123_456_789_012_345_68,
            f64::INFINITY,
            f64::NAN,
            f64::MAX,
        ] {
            assert!(Number::from_float(value).has_lost_digits(), "{value}");
        }
    }
}
