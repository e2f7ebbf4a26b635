//! How a partner is paid. Sealed as a whole; people see the hint only, and the file for the bank the rest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest text of one detail.
const LONGEST: usize = 200;

/// How a partner is paid.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Payee {
    /// A bank account.
    Bank {
        /// Who holds it.
        holder: String,
        /// Its IBAN, or its number where there are none.
        account: String,
        /// The bank's BIC or routing number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bank_code: Option<String>,
    },
    /// PayPal.
    Paypal {
        /// The address of the account.
        email: String,
    },
    /// Anything else, in the words of the two who agreed on it.
    Other {
        /// How.
        details: String,
    },
}

/// A detail that does not fit, with the name of its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPayee {
    /// The field.
    pub field: &'static str,
    /// What would fit.
    pub message: &'static str,
}

impl Payee {
    /// Checks and tidies the details.
    ///
    /// # Errors
    /// [`BadPayee`] for the first detail that does not fit.
    pub fn checked(self) -> Result<Self, BadPayee> {
        let text = |field: &'static str, text: &str, message: &'static str| {
            let tidy = text.trim().to_owned();
            let fits = !tidy.is_empty()
                && tidy.chars().count() <= LONGEST
                && !tidy.chars().any(char::is_control);
            if fits {
                Ok(tidy)
            } else {
                Err(BadPayee { field, message })
            }
        };
        match self {
            Self::Bank {
                holder,
                account,
                bank_code,
            } => {
                let holder = text("holder", &holder, "Say who holds the account.")?;
                let account = text("account", &account, "Give the account's IBAN or number.")?;
                let account: String = account
                    .chars()
                    .filter(|c| !c.is_whitespace())
                    .collect::<String>()
                    .to_ascii_uppercase();
                if looks_like_iban(&account) && !is_iban(&account) {
                    return Err(BadPayee {
                        field: "account",
                        message: "This IBAN has a typing mistake: its check digits do not fit.",
                    });
                }
                let bank_code = bank_code.filter(|code| !code.trim().is_empty());
                let bank_code = bank_code
                    .map(|code| text("bank_code", &code, "Give the bank's BIC or routing number."))
                    .transpose()?;
                Ok(Self::Bank {
                    holder,
                    account,
                    bank_code,
                })
            }
            Self::Paypal { email } => {
                let email = text("email", &email, "Give the address of the PayPal account.")?;
                let fits = email
                    .split_once('@')
                    .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
                    && !email.contains(' ');
                if fits {
                    Ok(Self::Paypal { email })
                } else {
                    Err(BadPayee {
                        field: "email",
                        message: "Write an address like name@example.com.",
                    })
                }
            }
            Self::Other { details } => Ok(Self::Other {
                details: text("details", &details, "Say how this partner is paid.")?,
            }),
        }
    }

    /// The method's word.
    pub fn method(&self) -> &'static str {
        match self {
            Self::Bank { .. } => "bank",
            Self::Paypal { .. } => "paypal",
            Self::Other { .. } => "other",
        }
    }

    /// What may be shown: the method and the last four characters of the account.
    pub fn hint(&self) -> String {
        let (name, account) = match self {
            Self::Bank { account, .. } => ("Bank", account.as_str()),
            Self::Paypal { email } => ("PayPal", email.split('@').next().unwrap_or_default()),
            Self::Other { .. } => return "Other".to_owned(),
        };
        let length = account.chars().count();
        // Of a short account four characters would be most of it.
        let shown = if length >= 8 { 4 } else { length / 3 };
        let last: String = account.chars().skip(length - shown).collect();
        format!("{name} ····{last}")
    }

    /// Holder, account and bank code, for the file the bank gets.
    pub fn columns(&self) -> (&str, &str, &str) {
        match self {
            Self::Bank {
                holder,
                account,
                bank_code,
            } => (holder, account, bank_code.as_deref().unwrap_or_default()),
            Self::Paypal { email } => ("", email, ""),
            Self::Other { details } => ("", details, ""),
        }
    }
}

impl std::fmt::Debug for Payee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Payee({})", self.method())
    }
}

fn looks_like_iban(account: &str) -> bool {
    let letters = account
        .bytes()
        .take(2)
        .filter(u8::is_ascii_uppercase)
        .count()
        == 2;
    let digits = account
        .bytes()
        .skip(2)
        .take(2)
        .filter(u8::is_ascii_digit)
        .count()
        == 2;
    letters && digits && account.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// ISO 13616: moved and read as a number, it leaves 1 when divided by 97.
fn is_iban(account: &str) -> bool {
    if !(15..=34).contains(&account.len()) || !account.is_ascii() {
        return false;
    }
    let (start, rest) = account.split_at(4);
    let left = rest
        .chars()
        .chain(start.chars())
        .try_fold(0_u32, |left, c| {
            let digit = c.to_digit(36)?;
            let shift = if digit > 9 { 100 } else { 10 };
            Some((left * shift + digit) % 97)
        });
    left == Some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bank(account: &str) -> Result<Payee, BadPayee> {
        Payee::Bank {
            holder: "Ana Pop".to_owned(),
            account: account.to_owned(),
            bank_code: None,
        }
        .checked()
    }

    #[test]
    fn accounts_are_checked_and_tidied() {
        let good = bank("gb82 west 1234 5698 7654 32").unwrap();
        assert_eq!(good.columns().1, "GB82WEST12345698765432");
        assert_eq!(good.hint(), "Bank ····5432");
        assert!(bank("RO49AAAA1B31007593840000").is_ok());
        assert!(
            bank("000123456789").is_ok(),
            "a number of a country without IBANs"
        );
        assert_eq!(bank("GB83WEST12345698765432").unwrap_err().field, "account");
        assert_eq!(bank("").unwrap_err().field, "account");
        let paypal = |email: &str| {
            Payee::Paypal {
                email: email.to_owned(),
            }
            .checked()
        };
        // "ana.pop" has seven characters, so two are shown.
        assert_eq!(
            paypal(" ana.pop@example.com ").unwrap().hint(),
            "PayPal ····op"
        );
        assert!(paypal("ana").is_err());
    }

    #[test]
    fn hints_and_debug_keep_the_secret() {
        let account = "GB82WEST12345698765432";
        let payee = bank(account).unwrap();
        assert!(!format!("{payee:?}{}", payee.hint()).contains("WEST1234"));
        assert_eq!(
            Payee::Other {
                details: "cash".to_owned()
            }
            .hint(),
            "Other"
        );
        assert_eq!(bank("12345").unwrap().hint(), "Bank ····5");
    }
}
