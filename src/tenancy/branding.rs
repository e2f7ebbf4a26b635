//! A company's colour and logo: what pages may show without harm. Pure.

/// White text on it, and it on white, must be readable: WCAG 2.2, level AA.
const LEAST_CONTRAST: f64 = 4.5;

/// A colour or a logo that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotUsable {
    /// Not six hexadecimal digits.
    #[error("Give the colour as # and six digits, such as #1f5f4a.")]
    NoColor,
    /// White on it cannot be read.
    #[error("This colour is too light: white text on it cannot be read. Choose a darker one.")]
    TooLight,
    /// No address that a page may load.
    #[error("Give the logo's address beginning with https://.")]
    NoLogo,
}

/// A colour as it is stored: `#` and six small hexadecimal digits, dark enough for white text.
///
/// # Errors
/// Where it has another form or too little contrast.
pub fn color(text: &str) -> Result<String, NotUsable> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.strip_prefix('#').ok_or(NotUsable::NoColor)?;
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(NotUsable::NoColor);
    }
    let value = u32::from_str_radix(digits, 16).map_err(|_| NotUsable::NoColor)?;
    if contrast_with_white(value) < LEAST_CONTRAST {
        return Err(NotUsable::TooLight);
    }
    Ok(text)
}

/// The contrast ratio of WCAG between a colour and white, from 1 to 21.
fn contrast_with_white(rgb: u32) -> f64 {
    let channel = |shift: u32| {
        let value = f64::from((rgb >> shift) & 0xFF) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    let luminance = 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
    1.05 / (luminance + 0.05)
}

/// A logo's address as it is stored.
///
/// # Errors
/// Where it is none, not https, or carries a name and password.
pub fn logo_url(text: &str) -> Result<String, NotUsable> {
    let url = url::Url::parse(text.trim()).map_err(|_| NotUsable::NoLogo)?;
    let fits = url.scheme() == "https"
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().len() <= 2_000;
    fits.then(|| url.to_string()).ok_or(NotUsable::NoLogo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_dark_enough_for_white_text() {
        for good in ["#000000", "#1f5f4a", "#767676", " #B00020 "] {
            assert_eq!(color(good).unwrap(), good.trim().to_lowercase());
        }
        for light in ["#ffffff", "#777777", "#ffcc00", "#00ff00"] {
            assert_eq!(color(light), Err(NotUsable::TooLight), "{light}");
        }
        for bad in [
            "", "#", "red", "1f5f4a", "#1f5f4", "#1f5f4a0", "#12345g", "#+12345",
        ] {
            assert_eq!(color(bad), Err(NotUsable::NoColor), "{bad}");
        }
    }

    #[test]
    fn logos_come_over_https() {
        assert_eq!(
            logo_url("https://cdn.example/logo.svg").unwrap(),
            "https://cdn.example/logo.svg"
        );
        for bad in [
            "",
            "logo.svg",
            "http://cdn.example/logo.svg",
            "javascript:alert(1)",
            "data:image/png;base64,AA",
            "https://ana:secret@cdn.example/x",
            "//cdn.example/x",
        ] {
            assert_eq!(logo_url(bad), Err(NotUsable::NoLogo), "{bad}");
        }
    }
}
