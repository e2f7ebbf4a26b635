//! What this slice asks for at its doors.

crate::permissions! {
    OwnAccount = "account:own", "Change one's own name, password and sessions";
    ReadMembers = "members:read", "See who belongs to the company and as what";
    WriteMembers = "members:write", "Invite people, change their roles, disable them";
    WriteOwners = "owners:write", "Make and unmake owners";
    ReadApiKeys = "api_keys:read", "See API keys, never their secrets";
    WriteApiKeys = "api_keys:write", "Create and revoke API keys";
}
