//! Questions and answers as bytes. Pure: what came over the network is only read here.

use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, TYPE};

use super::{Texts, Trouble};

/// How far a name may lead on to another.
const FOLLOWED: usize = 8;

/// What a packet is to somebody who waits for an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// The answer to another question, or none at all.
    NotOurs,
    /// The answer, without what did not fit.
    CutShort,
    /// The answer.
    Says(Result<Texts, Trouble>),
}

/// The question for the texts at a name.
pub(super) fn question(number: u16, name: &str) -> Result<Vec<u8>, Trouble> {
    let name = Name::new(name).map_err(|_| Trouble::NoName)?;
    let mut packet = Packet::new_query(number);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    packet.questions.push(Question::new(
        name,
        QTYPE::TYPE(TYPE::TXT),
        QCLASS::CLASS(CLASS::IN),
        false,
    ));
    packet.build_bytes_vec().map_err(|_| Trouble::NoName)
}

/// Reads what came for a question.
pub(super) fn read(bytes: &[u8], number: u16, name: &str) -> Reply {
    let (Ok(packet), Ok(name)) = (Packet::parse(bytes), Name::new(name)) else {
        return Reply::NotOurs;
    };
    let asks =
        |question: &Question| question.qname == name && question.qtype == QTYPE::TYPE(TYPE::TXT);
    if packet.id() != number
        || !packet.has_flags(PacketFlag::RESPONSE)
        || !packet.questions.first().is_some_and(asks)
    {
        return Reply::NotOurs;
    }
    if packet.has_flags(PacketFlag::TRUNCATION) {
        return Reply::CutShort;
    }
    Reply::Says(match packet.rcode() {
        RCODE::NoError => Ok(Texts::At(texts(&packet, name))),
        RCODE::NameError => Ok(Texts::NoSuchName),
        RCODE::FormatError => Err(Trouble::Failed("FORMERR")),
        RCODE::ServerFailure => Err(Trouble::Failed("SERVFAIL")),
        RCODE::NotImplemented => Err(Trouble::Failed("NOTIMP")),
        RCODE::Refused => Err(Trouble::Failed("REFUSED")),
        _ => Err(Trouble::Failed("an error")),
    })
}

/// The texts at a name, or where it leads on to others (CNAME), at the last of them: the server has followed them already.
fn texts<'a>(packet: &'a Packet<'a>, asked: Name<'a>) -> Vec<String> {
    let mut name = &asked;
    for _ in 0..FOLLOWED {
        let onward = packet
            .answers
            .iter()
            .find_map(|record| match &record.rdata {
                RData::CNAME(other) if record.name == *name => Some(&other.0),
                _ => None,
            });
        match onward {
            Some(other) => name = other,
            None => break,
        }
    }
    let at_it = packet.answers.iter().filter(|record| record.name == *name);
    at_it
        .filter_map(|record| match &record.rdata {
            RData::TXT(text) => String::try_from(text.clone()).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use simple_dns::ResourceRecord;
    use simple_dns::rdata::{CNAME, TXT};

    use super::*;

    const ASKED: &str = "_steading.partners.acme.test";

    fn reply(number: u16, asked: &str, records: Vec<ResourceRecord<'_>>) -> Packet<'static> {
        let bytes = question(number, asked).unwrap();
        let mut packet = Packet::parse(&bytes).unwrap().into_reply();
        packet.answers = records;
        let bytes: &'static [u8] = packet.build_bytes_vec_compressed().unwrap().leak();
        Packet::parse(bytes).unwrap()
    }

    fn record<'a>(name: &'a str, data: RData<'a>) -> ResourceRecord<'a> {
        ResourceRecord::new(Name::new(name).unwrap(), CLASS::IN, 60, data)
    }

    fn text<'a>(name: &'a str, parts: &[&'a str]) -> ResourceRecord<'a> {
        let mut all = TXT::new();
        for part in parts {
            all.add_string(part).unwrap();
        }
        record(name, RData::TXT(all))
    }

    fn onward<'a>(from: &'a str, to: &'a str) -> ResourceRecord<'a> {
        record(from, RData::CNAME(CNAME(Name::new(to).unwrap())))
    }

    fn says(packet: &Packet<'_>) -> Reply {
        read(&packet.build_bytes_vec().unwrap(), 7, ASKED)
    }

    fn at(texts: &[&str]) -> Reply {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        Reply::Says(Ok(Texts::At(texts)))
    }

    #[test]
    fn the_texts_of_the_name_are_read() {
        let upper = ASKED.to_uppercase();
        for (records, wanted) in [
            (vec![], at(&[])),
            (vec![text(ASKED, &["a", "b"])], at(&["ab"])),
            (
                vec![text(&upper, &["a"]), text(ASKED, &["b"])],
                at(&["a", "b"]),
            ),
            (vec![text("other.acme.test", &["a"])], at(&[])),
            (
                vec![onward(ASKED, "x.test"), text("x.test", &["a"])],
                at(&["a"]),
            ),
            (
                vec![
                    text("y.test", &["a"]),
                    onward("x.test", "y.test"),
                    onward(ASKED, "x.test"),
                ],
                at(&["a"]),
            ),
            (vec![onward(ASKED, "x.test")], at(&[])),
            (vec![onward(ASKED, ASKED), text("x.test", &["a"])], at(&[])),
        ] {
            assert_eq!(
                says(&reply(7, ASKED, records.clone())),
                wanted,
                "{records:?}"
            );
        }
    }

    #[test]
    fn only_the_answer_to_this_question_counts() {
        assert_eq!(says(&reply(8, ASKED, vec![])), Reply::NotOurs);
        assert_eq!(
            says(&reply(7, "partners.acme.test", vec![])),
            Reply::NotOurs
        );
        let bytes = question(7, ASKED).unwrap();
        assert_eq!(read(&bytes, 7, ASKED), Reply::NotOurs, "our own question");
        assert_eq!(read(b"", 7, ASKED), Reply::NotOurs);
    }

    #[test]
    fn what_a_server_cannot_tell_is_no_missing_record() {
        let with = |code: RCODE| {
            let mut packet = reply(7, ASKED, vec![]);
            *packet.rcode_mut() = code;
            says(&packet)
        };
        assert_eq!(with(RCODE::NameError), Reply::Says(Ok(Texts::NoSuchName)));
        for (code, word) in [
            (RCODE::FormatError, "FORMERR"),
            (RCODE::ServerFailure, "SERVFAIL"),
            (RCODE::NotImplemented, "NOTIMP"),
            (RCODE::Refused, "REFUSED"),
            (RCODE::NOTZONE, "an error"),
        ] {
            assert_eq!(with(code), Reply::Says(Err(Trouble::Failed(word))));
        }
        let mut packet = reply(7, ASKED, vec![]);
        packet.set_flags(PacketFlag::TRUNCATION);
        assert_eq!(says(&packet), Reply::CutShort);
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = read(&bytes, 7, ASKED);
        }

        #[test]
        fn nor_is_an_answer_with_a_byte_changed(at in 0..120_usize, byte: u8) {
            let packet = reply(7, ASKED, vec![onward(ASKED, "x.test"), text("x.test", &["a", "b"])]);
            let mut bytes = packet.build_bytes_vec_compressed().unwrap();
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
            let _ = read(&bytes, 7, ASKED);
        }
    }
}
