//! A list as a file: exactly the filtered set, in the order shown, however many rows, and no cell a formula.

use serde_json::json;

use super::{in_a_house, names, rel};

/// More rows than one chunk of a file and one page of a list.
const MANY: usize = 230;

fn column(csv: &str, head: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let at = reader
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == head)
        .unwrap();
    reader
        .records()
        .map(|row| row.unwrap()[at].to_owned())
        .collect()
}

crate::on_both_engines! {
    fn a_file_holds_exactly_the_filtered_set_in_its_order(engine: Engine) {
        in_a_house(engine, |house| {
            for n in 0..MANY {
                let kind = if n % 10 == 0 { "Blog" } else { "Shop" };
                let name = format!("{kind} {:03}", (n * 37) % MANY);
                let new = json!({ "name": name, "email": format!("p{n}@example.com") });
                house.shop.json("POST", "/api/v1/partners", &new).expect(201);
            }
            for query in ["", "?sort=name", "?q=shop&sort=-name", "?q=blog", "?state=applied"] {
                let mut shown = Vec::new();
                let mut address = Some(format!("/admin/partners{query}"));
                let mut csv_address = String::new();
                while let Some(page) = address {
                    let html = house.page(&page);
                    if csv_address.is_empty() {
                        let at = html.find("href=\"/admin/partners.csv").unwrap() + 6;
                        csv_address = html[at..].split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
                    }
                    shown.extend(names(&html));
                    address = rel(&html, "next");
                }
                let file = house.owner.get(&csv_address).expect(200);
                assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
                assert!(file.header("content-disposition").contains("partners.csv"));
                assert_eq!(column(&file.text(), "name"), shown, "{query}");
            }
        });
    }

    fn cells_are_data_not_formulas(engine: Engine) {
        in_a_house(engine, |house| {
            let new = json!({ "name": "=HYPERLINK(\"http://evil.example\")", "email": "a@example.com", "company": "Tea, \"Talk\" & Co" });
            house.shop.json("POST", "/api/v1/partners", &new).expect(201);
            let file = house.owner.get("/admin/partners.csv").expect(200).text();
            assert_eq!(column(&file, "name"), ["'=HYPERLINK(\"http://evil.example\")"]);
            assert_eq!(column(&file, "company"), ["Tea, \"Talk\" & Co"]);
        });
    }

    fn sales_and_commissions_stand_in_plain_figures(engine: Engine) {
        in_a_house(engine, |house| {
            let program = house.program();
            house.partner("Slow Kettle", "slow@example.com", &program);
            house.sale("slow-kettle", "ORD-1", 18_000, "EUR");
            house.sale("slow-kettle", "ORD-2", 1_000, "JPY");
            let file = house.owner.get("/admin/commissions.csv?sort=earned").expect(200).text();
            assert_eq!(column(&file, "event"), ["ORD-1", "ORD-2"]);
            assert_eq!(column(&file, "sale"), ["180.00", "1000"]);
            assert_eq!(column(&file, "commission"), ["36.00", "200"]);
            assert_eq!(column(&file, "commission_currency"), ["EUR", "JPY"]);
            let one = house.owner.get("/admin/commissions.csv?q=ORD-2").expect(200).text();
            assert_eq!(column(&one, "event"), ["ORD-2"]);
            let links = house.owner.get("/admin/links.csv").expect(200).text();
            assert_eq!(column(&links, "key"), ["slow-kettle"]);
        });
    }
}
