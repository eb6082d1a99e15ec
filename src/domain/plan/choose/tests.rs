use crate::domain::plan::explain_text;
use crate::domain::plan::fixture::routed;

#[test]
fn print() {
    for text in [
        "SELECT * FROM strikes WHERE struck_on BETWEEN '1998-08-10' AND '1998-10-02' ORDER BY struck_on DESC LIMIT 50",
        "SELECT * FROM strikes",
        "SELECT * FROM strikes WHERE airport = 'X' AND strike_id = 'S1'",
        "SELECT * FROM strikes WHERE operator = 'UNITED' ORDER BY struck_on LIMIT 5",
        "SELECT * FROM strikes WHERE state = 'Texas' AND struck_on >= '1998'",
        "SELECT damage, cost_total FROM strikes WHERE damage = 'Minor' AND cost_total > 1000 ORDER BY cost_total DESC LIMIT 10",
        "SELECT * FROM strikes WHERE struck_on >= '1998-08-10'",
        "SELECT COUNT(*) FROM strikes WHERE damage <> 'None'",
        "SELECT * FROM strikes WHERE airport = 'X' AND struck_on > '1998' ORDER BY struck_on",
        "SELECT * FROM strikes.by_month",
        "SELECT * FROM strikes.by_party WHERE struck_on > '1999'",
        "SELECT * FROM strikes_by_month WHERE month = '1998-08' ORDER BY slot DESC",
    ] {
        println!("{text}\n{}", explain_text(&routed(text)));
    }
}
