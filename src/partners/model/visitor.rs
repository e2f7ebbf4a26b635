//! What a visit says of itself: whether a program made it, and where it came from.

/// The end of the names crawlers give themselves: `Googlebot/2.1`, `bingbot;`, `(… Applebot)`.
const BOT_ENDS: [&str; 3] = ["bot/", "bot;", "bot)"];
/// Crawlers and link previews with other names.
const BOT_NAMES: [&str; 11] = [
    "spider",
    "crawler",
    "slurp",
    "facebookexternalhit",
    "whatsapp/",
    "skypeuripreview",
    "embedly",
    "mediapartners-google",
    "google-inspectiontool",
    "bytespider",
    "feedfetcher",
];
/// As much of a user agent as is looked at.
const LOOKED_AT: usize = 256;

/// Whether a user agent says it is a crawler or a link preview. Plain HTTP clients are not taken for one: they do not follow links
/// they were not told to.
pub fn is_bot(user_agent: &str) -> bool {
    let mut lower = [0_u8; LOOKED_AT];
    let mut length = 0;
    for (slot, byte) in lower.iter_mut().zip(user_agent.bytes()) {
        *slot = byte.to_ascii_lowercase();
        length += 1;
    }
    let Some(text) = lower
        .get(..length)
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
    else {
        return false;
    };
    // A maker of telephones is called Cubot.
    let ends = BOT_ENDS.iter().any(|end| text.contains(end)) && !text.contains("cubot");
    ends || BOT_NAMES.iter().any(|name| text.contains(name))
}

/// A referrer without its query and fragment, which may carry what was meant for another site only.
pub fn referrer_without_query(referrer: &str) -> &str {
    referrer.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crawlers_are_told_from_people_and_programs() {
        for bot in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (compatible; bingbot/2.0)",
            "facebookexternalhit/1.1",
            "WhatsApp/2.23.20.0",
            "Mozilla/5.0 (compatible; Baiduspider/2.0)",
            "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (Applebot/0.1)",
        ] {
            assert!(is_bot(bot), "{bot}");
        }
        for person in [
            "",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/142.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Linux; Android 9; CUBOT) AppleWebKit/537.36",
            "curl/8.5.0",
            "python-requests/2.32",
        ] {
            assert!(!is_bot(person), "{person}");
        }
    }

    #[test]
    fn referrers_lose_their_query() {
        assert_eq!(
            referrer_without_query("https://blog.example/a?token=s#x"),
            "https://blog.example/a"
        );
        assert_eq!(
            referrer_without_query("https://blog.example/"),
            "https://blog.example/"
        );
    }
}
