//! Tax numbers: VAT numbers of the European Union by country, and the Romanian CIF with its checksum. Pure.

/// What follows the country's two letters: `9` a digit, `A` a letter, `X` either; anything else is itself.
const FORMATS: [(&str, &[&str]); 28] = [
    ("AT", &["U99999999"]),
    ("BE", &["0999999999", "1999999999"]),
    ("BG", &["999999999", "9999999999"]),
    ("CY", &["99999999A"]),
    ("CZ", &["99999999", "999999999", "9999999999"]),
    ("DE", &["999999999"]),
    ("DK", &["99999999"]),
    ("EE", &["999999999"]),
    ("EL", &["999999999"]),
    ("ES", &["A99999999", "99999999A", "A9999999A"]),
    ("FI", &["99999999"]),
    ("FR", &["XX999999999"]),
    ("HR", &["99999999999"]),
    ("HU", &["99999999"]),
    ("IE", &["9X99999A", "9999999A", "9999999AA"]),
    ("IT", &["99999999999"]),
    ("LT", &["999999999", "999999999999"]),
    ("LU", &["99999999"]),
    ("LV", &["99999999999"]),
    ("MT", &["99999999"]),
    ("NL", &["999999999B99"]),
    ("PL", &["9999999999"]),
    ("PT", &["999999999"]),
    // The length varies; the checksum decides.
    ("RO", &[]),
    ("SE", &["999999999999"]),
    ("SI", &["99999999"]),
    ("SK", &["9999999999"]),
    // Northern Ireland, for goods.
    ("XI", &["999999999", "999999999999"]),
];

/// A text that is no tax number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "Give a VAT number of the European Union with its country (DE123456789), or a Romanian CIF with or without RO."
)]
pub struct NotATaxId;

/// A tax number as it is stored: capitals, without spaces, dots and hyphens. A CIF keeps whether it was given with `RO`, which
/// says that the company is registered for VAT.
///
/// # Errors
/// Where it has no country's form, or the checksum of a CIF does not hold.
pub fn tax_id(text: &str) -> Result<String, NotATaxId> {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '.' | '-' | '/'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let digits_only = plain.bytes().all(|b| b.is_ascii_digit());
    if digits_only {
        return if is_cif(&plain) {
            Ok(plain)
        } else {
            Err(NotATaxId)
        };
    }
    let (country, number) = plain.split_at_checked(2).ok_or(NotATaxId)?;
    // Greece writes EL; many write its country code.
    let country = if country == "GR" { "EL" } else { country };
    let (_, formats) = FORMATS
        .iter()
        .find(|(known, _)| *known == country)
        .ok_or(NotATaxId)?;
    let fits = match country {
        "RO" => is_cif(number),
        _ => formats.iter().any(|format| has_form(number, format)),
    };
    fits.then(|| format!("{country}{number}")).ok_or(NotATaxId)
}

fn has_form(number: &str, format: &str) -> bool {
    number.len() == format.len()
        && number
            .bytes()
            .zip(format.bytes())
            .all(|(given, wanted)| match wanted {
                b'9' => given.is_ascii_digit(),
                b'A' => given.is_ascii_uppercase(),
                b'X' => given.is_ascii_digit() || given.is_ascii_uppercase(),
                itself => given == itself,
            })
}

/// Two to ten digits, the last of which is made from the others.
fn is_cif(number: &str) -> bool {
    const WEIGHTS: [u32; 9] = [2, 3, 5, 7, 1, 2, 3, 5, 7];
    if !(2..=10).contains(&number.len()) || number.starts_with('0') {
        return false;
    }
    let digits: Option<Vec<u32>> = number.chars().rev().map(|c| c.to_digit(10)).collect();
    let Some((check, body)) = digits.as_deref().and_then(<[u32]>::split_first) else {
        return false;
    };
    let sum: u32 = body
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit * weight)
        .sum();
    sum * 10 % 11 % 10 == *check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_country_has_its_form() {
        let good = [
            ("ATU12345678", "ATU12345678"),
            ("be 0123.456.789", "BE0123456789"),
            ("BG123456789", "BG123456789"),
            ("CY12345678X", "CY12345678X"),
            ("CZ12345678", "CZ12345678"),
            ("DE 123 456 789", "DE123456789"),
            ("DK12345678", "DK12345678"),
            ("GR123456789", "EL123456789"),
            ("ESX1234567R", "ESX1234567R"),
            ("FI12345678", "FI12345678"),
            ("FRAB123456789", "FRAB123456789"),
            ("HU12345678", "HU12345678"),
            ("IE1234567FA", "IE1234567FA"),
            ("IT12345678901", "IT12345678901"),
            ("NL123456789B01", "NL123456789B01"),
            ("PL1234567890", "PL1234567890"),
            ("SE123456789012", "SE123456789012"),
            ("XI123456789", "XI123456789"),
            ("RO18547290", "RO18547290"),
            ("ro 14399840", "RO14399840"),
            ("14399840", "14399840"),
            ("RO 1590082", "RO1590082"),
        ];
        for (given, kept) in good {
            assert_eq!(tax_id(given).as_deref(), Ok(kept), "{given}");
        }
        let bad = [
            "",
            "RO",
            "DE",
            "DE12345678",
            "DE1234567890",
            "DEABCDEFGHI",
            "ATA12345678",
            "NL123456789A01",
            "US123456789",
            "RO18547291",
            "14399841",
            "1",
            "0",
            "RO0",
            "RO12345678901",
            "GB123456789",
            "ŞŢ123456789",
            "Ș1",
        ];
        for bad in bad {
            assert_eq!(tax_id(bad), Err(NotATaxId), "{bad}");
        }
    }

    #[test]
    fn a_single_wrong_digit_of_a_cif_is_seen() {
        for good in ["18547290", "14399840", "1590082"] {
            for place in 0..good.len() {
                for digit in b'0'..=b'9' {
                    let mut typed = good.as_bytes().to_vec();
                    typed[place] = digit;
                    let typed = String::from_utf8(typed).unwrap();
                    // A check digit of 10 is written 0, so two sums share it.
                    let is_right = typed == good;
                    if is_right {
                        assert!(is_cif(&typed));
                    } else if place == good.len() - 1 {
                        assert!(!is_cif(&typed), "{typed}");
                    }
                }
            }
        }
    }
}
