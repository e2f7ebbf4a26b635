//! The small things pages are made of, as data: states, figures, links, toasts, history.

use std::fmt;

use super::markup::Markup;

/// What a colour means. The words beside it say it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to notice.
    #[default]
    Quiet,
    /// Well.
    Good,
    /// Waits for somebody.
    Warn,
    /// Wrong.
    Bad,
    /// Worth knowing.
    Info,
}

impl Tone {
    /// The class name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// A record's state: a dot and words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// What the colour means.
    pub tone: Tone,
    /// The words: "Past its hold", "Paid".
    pub label: String,
}

impl State {
    /// A tone with words.
    pub fn new(tone: Tone, label: impl Into<String>) -> Self {
        Self {
            tone,
            label: label.into(),
        }
    }
}

/// A name that leads somewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// What is read.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl Link {
    /// A label and an address.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: href.into(),
        }
    }
}

/// A message after an action. Never the only trace of what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Toast {
    /// `Bad` is announced at once, the others when there is a pause.
    pub tone: Tone,
    /// One sentence.
    pub text: String,
    /// A way on or back ("See the payout", "Undo").
    pub link: Option<Link>,
}

impl Toast {
    /// A message in a tone.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self {
            tone,
            text: text.into(),
            link: None,
        }
    }

    /// It went well.
    pub fn good(text: impl Into<String>) -> Self {
        Self::new(Tone::Good, text)
    }

    /// It did not.
    pub fn bad(text: impl Into<String>) -> Self {
        Self::new(Tone::Bad, text)
    }

    /// Adds a way on.
    #[must_use]
    pub fn link(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.link = Some(Link::new(label, href));
        self
    }
}

/// A card with a figure: its name, the figure, its change, one consequence.
#[derive(Clone, Debug, Default)]
pub struct Figure {
    /// "Partner sales".
    pub label: String,
    /// "€48,210.40".
    pub value: String,
    /// "+12.4%"; empty shows none.
    pub change: String,
    /// Whether that change is welcome.
    pub tone: Tone,
    /// "and RON 9,120.00", "€1,204.90 past their hold".
    pub note: String,
    /// Where the card leads; empty for nowhere.
    pub href: String,
    /// A sparkline, if any.
    pub spark: Markup,
}

/// One step of a record's history.
#[derive(Clone, Debug, Default)]
pub struct HistoryEntry {
    /// What happened, in words: "Partner approved".
    pub action: String,
    /// Who did it.
    pub who: String,
    /// When, as a `<time>`.
    pub when: Markup,
    /// From which address; empty if it came from inside.
    pub address: String,
    /// The request's id.
    pub request_id: String,
    /// What changed.
    pub changes: Vec<Change>,
}

/// One field before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The field, in words.
    pub field: String,
    /// What it was; `None` if it was not there.
    pub before: Option<String>,
    /// What it is; `None` if it is gone.
    pub after: Option<String>,
}
