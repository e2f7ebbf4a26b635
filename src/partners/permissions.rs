//! The rights the programme's doors ask for.

crate::permissions! {
    ReadPrograms = "programs:read", "See programmes and their terms";
    WritePrograms = "programs:write", "Make, change and archive programmes";
    ReadPartners = "partners:read", "See partners and the programmes they take part in";
    WritePartners = "partners:write", "Add partners, decide about them and enrol them";
    ReadLinks = "links:read", "See links";
    WriteLinks = "links:write", "Make, change and archive links";
    ReadClicks = "clicks:read", "See clicks";
    WriteClicks = "clicks:write", "Flag clicks";
    ReadEvents = "events:read", "See reported sign-ups, sales and refunds";
    WriteEvents = "events:write", "Report customers, events and refunds";
    ReadCommissions = "commissions:read", "See commissions and adjustments";
    WriteCommissions = "commissions:write", "Approve and reverse commissions, add adjustments";
    ReadPayouts = "payouts:read", "See payouts";
    WritePayouts = "payouts:write", "Draw up, approve, export and confirm payouts, with the payees' details in the file";
    ReadReports = "reports:read", "See reports";
}
