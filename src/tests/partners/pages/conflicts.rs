//! Two people edit one record: the second sees both versions, and nothing is written over unseen.

use super::{PROGRAM, in_a_house};
use crate::harness::http::attribute;

crate::on_both_engines! {
    fn the_second_to_save_sees_both_versions_and_decides(engine: Engine) {
        in_a_house(engine, |house| {
            let program = house.program();
            let (edit, save) = (format!("/admin/programs/{program}/edit"), format!("/admin/programs/{program}"));
            let version = version_of(&house.page(&edit));
            let mut theirs = PROGRAM.to_vec();
            theirs[3].1 = "25";
            house.owner.submit_to(&edit, &save, &theirs).expect(303);

            let colleague = house.another_session();
            let mut mine = PROGRAM.to_vec();
            mine[0].1 = "Spring sale";
            mine.push(("version", version.as_str()));
            let met = colleague.submit_to(&edit, &save, &mine);
            assert_eq!(met.status, 412, "{}", met.text());
            let html = met.text();
            for both in ["Spring launch", "Spring sale", "25", "20"] {
                assert!(html.contains(&format!(">{both}<")), "{both}: {html}");
            }
            assert!(house.page(&save).contains("25% of the value"), "nothing was written over");

            // Their choice goes out with the version they have now seen.
            let form = html.split(&format!("action=\"{save}\"")).nth(1).unwrap().split("</form>").next().unwrap();
            let fields: Vec<(String, String)> = form
                .split("<input type=\"hidden\" ")
                .skip(1)
                .map(|rest| {
                    let tag = format!(" {}", rest.split('>').next().unwrap());
                    (attribute(&tag, "name").unwrap(), attribute(&tag, "value").unwrap())
                })
                .collect();
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            colleague.post_form(&save, &fields).expect(303);
            let shown = house.page(&save);
            assert!(shown.contains("Spring sale") && shown.contains("20% of the value"));
        });
    }

    fn a_partner_edited_from_an_old_page_is_not_written_over(engine: Engine) {
        in_a_house(engine, |house| {
            let partner = house.partner("Slow Kettle", "slow@example.com", "");
            let (edit, save) = (format!("/admin/partners/{partner}/edit"), format!("/admin/partners/{partner}"));
            let version = version_of(&house.page(&edit));
            let fields = [("name", "Slow Kettle"), ("email", "slow@example.com"), ("note", "Likes green tea")];
            house.owner.submit_to(&edit, &save, &fields).expect(303);
            let old = [("name", "Slow Kettle Ltd"), ("email", "slow@example.com"), ("version", version.as_str())];
            let met = house.owner.submit_to(&edit, &save, &old);
            assert_eq!(met.status, 412);
            assert!(met.text().contains("Likes green tea") && met.text().contains("Slow Kettle Ltd"));
        });
    }
}

fn version_of(html: &str) -> String {
    let at = html.find("name=\"version\"").unwrap();
    let tag = format!(" {}", html[at..].split('>').next().unwrap());
    attribute(&tag, "value").unwrap()
}
