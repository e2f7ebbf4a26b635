//! A name server of our own, on UDP and TCP: answers from a map, and fails as it is told to.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use simple_dns::rdata::{CNAME, RData, TXT};
use simple_dns::{CLASS, Name, Packet, PacketFlag, RCODE, ResourceRecord};

/// A server on a port of its own; it ends with the test process.
#[derive(Clone)]
pub struct NameServer {
    pub address: SocketAddr,
    zone: Arc<Mutex<Zone>>,
}

/// How it answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// As the map says.
    #[default]
    Well,
    /// SERVFAIL to everything.
    Fails,
    /// By UDP that the answer does not fit.
    CutsShort,
    /// First another question's answer with what it says, then the true one.
    IsSpoofed(&'static str),
}

#[derive(Default)]
struct Zone {
    texts: HashMap<String, Vec<Vec<String>>>,
    aliases: HashMap<String, String>,
    mood: Mood,
    asked: Vec<String>,
}

impl NameServer {
    /// Listening, with nothing in the map.
    pub fn start() -> Self {
        // The same port on both: the system may have given that of the one to somebody else on the other.
        let (udp, tcp) = std::iter::repeat_with(|| {
            let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
            Some((UdpSocket::bind(tcp.local_addr().unwrap()).ok()?, tcp))
        })
        .find_map(|both| both)
        .unwrap();
        let server = Self {
            address: udp.local_addr().unwrap(),
            zone: Arc::default(),
        };
        let by_udp = server.clone();
        std::thread::spawn(move || {
            let mut question = [0; 512];
            while let Ok((length, from)) = udp.recv_from(&mut question) {
                for answer in by_udp.answers(&question[..length], true) {
                    udp.send_to(&answer, from).unwrap();
                }
            }
        });
        let by_tcp = server.clone();
        std::thread::spawn(move || {
            for mut stream in tcp.incoming().flatten() {
                let mut length = [0; 2];
                stream.read_exact(&mut length).unwrap();
                let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
                stream.read_exact(&mut question).unwrap();
                for answer in by_tcp.answers(&question, false) {
                    let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
                    // In two pieces, as a network may deliver it.
                    stream.write_all(&length).unwrap();
                    stream.write_all(&answer).unwrap();
                }
            }
        });
        server
    }

    /// The records that stand at a name from now on, each in its parts. With none the name exists all the same.
    pub fn set(&self, name: &str, records: &[&[&str]]) {
        let records = records.iter().map(|parts| {
            let parts = parts.iter().map(|part| (*part).to_owned());
            parts.collect()
        });
        let mut zone = self.zone();
        zone.texts.insert(name.to_owned(), records.collect());
    }

    /// A name that leads on to another.
    pub fn alias(&self, name: &str, to: &str) {
        self.zone().aliases.insert(name.to_owned(), to.to_owned());
    }

    /// There is no such name any more.
    pub fn forget(&self, name: &str) {
        let mut zone = self.zone();
        zone.texts.remove(name);
        zone.aliases.remove(name);
    }

    /// How it answers from now on.
    pub fn is(&self, mood: Mood) {
        self.zone().mood = mood;
    }

    /// What it was asked for.
    pub fn asked(&self) -> Vec<String> {
        self.zone().asked.clone()
    }

    fn zone(&self) -> MutexGuard<'_, Zone> {
        self.zone.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answers(&self, question: &[u8], by_udp: bool) -> Vec<Vec<u8>> {
        let mut zone = self.zone();
        let asked = Packet::parse(question).unwrap();
        let name = asked.questions[0].qname.to_string();
        zone.asked.push(name.clone());
        let mut reply = asked.clone().into_reply();
        let mut at = name.clone();
        while let Some(to) = zone.aliases.get(&at) {
            let onward = RData::CNAME(CNAME(Name::new(to).unwrap()));
            reply.answers.push(record(&at, onward));
            at.clone_from(to);
        }
        match (zone.mood, zone.texts.get(&at)) {
            (Mood::Fails, _) => *reply.rcode_mut() = RCODE::ServerFailure,
            (Mood::CutsShort, _) if by_udp => {
                reply.answers.clear();
                reply.set_flags(PacketFlag::TRUNCATION);
            }
            (_, None) => *reply.rcode_mut() = RCODE::NameError,
            (_, Some(records)) => {
                for parts in records {
                    let mut texts = TXT::new();
                    for part in parts {
                        texts.add_string(part).unwrap();
                    }
                    reply.answers.push(record(&at, RData::TXT(texts)));
                }
            }
        }
        let mut all = Vec::new();
        if let Mood::IsSpoofed(text) = zone.mood {
            let mut forged = asked.clone().into_reply();
            forged.set_id(asked.id().wrapping_add(1));
            let texts = TXT::new().with_string(text).unwrap();
            forged.answers.push(record(&at, RData::TXT(texts)));
            all.push(forged.build_bytes_vec().unwrap());
        }
        all.push(reply.build_bytes_vec_compressed().unwrap());
        all
    }
}

fn record<'a>(name: &str, data: RData<'a>) -> ResourceRecord<'a> {
    ResourceRecord::new(Name::new(name).unwrap().into_owned(), CLASS::IN, 60, data)
}
