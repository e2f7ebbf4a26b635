//! Questions to name servers: the texts (TXT records) that stand at a name. The system's own resolver tells of addresses only, so
//! the question is asked here: by UDP, by TCP where the answer does not fit, of `outbound.resolver` or of the servers the system
//! names.

mod exchange;
mod packet;
mod servers;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::config::Outbound;

/// How long one question may take, whatever is tried for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// Packets get lost: every server is asked so often.
const ROUNDS: u32 = 2;

/// Whom to ask.
#[derive(Debug, Clone)]
pub struct Resolver {
    servers: Vec<SocketAddr>,
    patience: Duration,
}

/// What stands at a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Texts {
    /// There is no such name.
    NoSuchName,
    /// The texts at it, each joined from its parts; none where it has no such record.
    At(Vec<String>),
}

/// Why nothing is known of a name: none of it says that a record is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Nobody answered in time.
    #[error("The name server did not answer in time")]
    Silent,
    /// It answers that it cannot.
    #[error("The name server could not find out (it answered {0})")]
    Failed(&'static str),
    /// What it answered cannot be read.
    #[error("The name server’s answer cannot be read")]
    Unreadable,
    /// There is no way to it.
    #[error("The name server cannot be reached ({0})")]
    Unreachable(String),
    /// No name server can be asked for this.
    #[error("This is no name a name server could be asked for")]
    NoName,
}

impl Resolver {
    /// The server of the configuration, or those of the system as they are now.
    pub fn of(outbound: &Outbound) -> Self {
        Self {
            servers: outbound
                .resolver
                .map_or_else(servers::of_the_system, |server| vec![server]),
            patience: PATIENCE,
        }
    }

    /// The texts at a name. A server that cannot tell is passed over for the next.
    ///
    /// # Errors
    /// The last [`Trouble`], where no server could tell.
    pub async fn texts(&self, name: &str) -> Result<Texts, Trouble> {
        let end = Instant::now() + self.patience;
        let tries = u32::try_from(self.servers.len()).unwrap_or(1) * ROUNDS;
        let each = self.patience / tries.max(1);
        let mut trouble = Trouble::Silent;
        for _ in 0..ROUNDS {
            for server in &self.servers {
                let until = (Instant::now() + each).min(end);
                trouble = match timeout_at(until, exchange::ask(*server, name)).await {
                    Ok(Ok(texts)) => return Ok(texts),
                    Ok(Err(Trouble::NoName)) => return Err(Trouble::NoName),
                    Ok(Err(trouble)) => trouble,
                    Err(_) => Trouble::Silent,
                };
            }
        }
        Err(trouble)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(servers: Vec<SocketAddr>) -> Result<Texts, Trouble> {
        let resolver = Resolver {
            servers,
            patience: Duration::from_millis(80),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(resolver.texts("_steading.partners.acme.test"))
    }

    #[test]
    fn a_server_that_says_nothing_is_not_waited_for_long() {
        let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        assert_eq!(
            asked(vec![silent.local_addr().unwrap()]),
            Err(Trouble::Silent)
        );
        assert_eq!(asked(Vec::new()), Err(Trouble::Silent));
    }

    #[test]
    fn where_nobody_listens_it_is_said() {
        let gone = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = gone.local_addr().unwrap();
        drop(gone);
        assert!(matches!(asked(vec![address]), Err(Trouble::Unreachable(_))));
    }
}
