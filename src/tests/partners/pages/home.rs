//! Home: the beginning ticks itself off, figures come from what is there, each currency by itself.

use super::{in_a_house, plain};

crate::on_both_engines! {
    fn the_beginning_ticks_itself_off(engine: Engine) {
        in_a_house(engine, |house| {
            let fresh = plain(&house.page("/admin"));
            assert!(fresh.contains("To do: Make a programme"), "{fresh}");
            assert!(fresh.contains("Next payout –"), "{fresh}");
            assert!(fresh.contains("Load demo data"), "{fresh}");
            let program = house.program();
            let begun = plain(&house.page("/admin"));
            assert!(begun.contains("Done: Make a programme") && begun.contains("To do: Add a partner"), "{begun}");
            assert!(!begun.contains("Load demo data"), "{begun}");
            house.partner("Slow Kettle", "slow@example.com", &program);
            house.sale("slow-kettle", "ORD-1", 18_000, "EUR");
            house.sale("slow-kettle", "ORD-2", 9_000, "RON");
            house.sale("slow-kettle", "ORD-3", 2_000, "EUR");
            let sold = plain(&house.page("/admin"));
            for text in [
                "Done: Report a first sale",
                "Partner sales €200.00",
                "and RON 90.00",
                "Commissions to approve 3 €40.00 and RON 18.00 past their hold",
                "3 commissions are ready to approve",
                "Commissions 3 waiting",
            ] {
                assert!(sold.contains(text), "{text}: {sold}");
            }
        });
    }

    fn the_shop_is_connected_by_copying(engine: Engine) {
        in_a_house(engine, |house| {
            let begun = house.page("/admin");
            assert!(begun.contains("href=\"/admin/connect\">See how"), "{begun}");
            let page = plain(&house.page("/admin/connect"));
            for text in ["/steading.js", "steading.identify(", "/api/v1/events", "Nothing reported yet"] {
                assert!(page.contains(text), "{text}: {page}");
            }
            let program = house.program();
            house.partner("Slow Kettle", "slow@example.com", &program);
            house.sale("slow-kettle", "ORD-1", 18_000, "EUR");
            let page = plain(&house.page("/admin/connect"));
            assert!(page.contains("Reports arrive") && page.contains("The last event was reported"), "{page}");
        });
    }

    fn a_sign_up_is_no_sale(engine: Engine) {
        in_a_house(engine, |house| {
            let program = house.program();
            let partner = house.partner("Slow Kettle", "slow@example.com", &program);
            house.sale("slow-kettle", "ORD-1", 18_000, "EUR");
            house.sale("slow-kettle", "SIGN-UP", 0, "EUR");
            let shown = plain(&house.page(&format!("/admin/partners/{partner}")));
            assert!(shown.contains("1 sale, before refunds"), "{shown}");
        });
    }

    fn the_chart_shows_one_currency_and_has_its_table(engine: Engine) {
        in_a_house(engine, |house| {
            let program = house.program();
            house.partner("Slow Kettle", "slow@example.com", &program);
            house.sale("slow-kettle", "ORD-1", 18_000, "EUR");
            house.sale("slow-kettle", "ORD-2", 2_000, "EUR");
            house.sale("slow-kettle", "ORD-3", 9_000, "RON");
            let euro = house.page("/admin");
            assert!(euro.contains("Sales through partners, EUR a day"), "{euro}");
            assert!(plain(&euro).contains("€200.00"));
            let table = |html: &str| plain(html.split("<table>").nth(1).unwrap().split("</table>").next().unwrap());
            assert!(table(&euro).contains("€200.00") && !table(&euro).contains("RON"));
            let leu = house.page("/admin?days=90&currency=RON");
            assert!(table(&leu).contains("RON 90.00") && !table(&leu).contains('€'));
        });
    }
}
