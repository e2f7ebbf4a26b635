//! Roles, what they allow, and who may give them. Pure.
//!
//! | Role | Holds |
//! |---|---|
//! | owner | everything |
//! | admin | everything but making and unmaking owners, closing the company, and reading mails that carry somebody's one-time link |
//! | member | reads everything, works with programmes, partners, links, events and commissions; no payouts, people, keys or settings |
//! | viewer | reads everything |
//!
//! Nobody gives what they do not hold: an admin makes no owner, and a key has no scope its maker lacks.

use std::fmt;
use std::str::FromStr;

use super::permissions::WriteOwners;
use crate::gate::{Permission, Rights};
use crate::mailing::ReadAccountMail;
use crate::slice::Slice;
use crate::tenancy::CloseCompany;

/// What a member may change: the daily work, not the company itself.
const MEMBER_RIGHTS: [&str; 8] = [
    "*:read",
    "account:own",
    "programs:*",
    "partners:*",
    "links:*",
    "clicks:*",
    "events:*",
    "commissions:*",
];
/// What only owners hold: making owners, reading the one-time links with which one could become any of them, and ending it all.
const OWNERS_ONLY: [&str; 3] = [WriteOwners::NAME, ReadAccountMail::NAME, CloseCompany::NAME];

/// What somebody is in a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Owns it.
    Owner,
    /// Runs it.
    Admin,
    /// Works in it.
    Member,
    /// Looks at it.
    Viewer,
}

impl Role {
    /// All of them, the strongest first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Admin, Self::Member, Self::Viewer];

    /// The word stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Viewer => "viewer",
        }
    }

    /// What pages call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Admin => "Admin",
            Self::Member => "Member",
            Self::Viewer => "Viewer",
        }
    }

    /// One sentence for people who give it out.
    pub fn about(self) -> &'static str {
        match self {
            Self::Owner => "May do everything, and makes other owners.",
            Self::Admin => "May do everything but make or unmake owners.",
            Self::Member => {
                "Works with programmes, partners, links and commissions; reads the rest."
            }
            Self::Viewer => "Reads everything, changes nothing.",
        }
    }
}

/// A text that is no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is owner, admin, member or viewer")]
pub struct NotARole;

impl FromStr for Role {
    type Err = NotARole;

    fn from_str(text: &str) -> Result<Self, NotARole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(NotARole)
    }
}

/// The roles somebody has: at least one, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// One role.
    pub fn one(role: Role) -> Self {
        Self(vec![role])
    }

    /// Whether one of them is `role`.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// The strongest of them.
    pub fn strongest(&self) -> Role {
        self.0.first().copied().unwrap_or(Role::Viewer)
    }

    /// The words, the strongest first.
    pub fn words(&self) -> Vec<&'static str> {
        self.0.iter().map(|role| role.as_str()).collect()
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join(","))
    }
}

impl FromStr for Roles {
    type Err = NotARole;

    fn from_str(text: &str) -> Result<Self, NotARole> {
        let mut roles: Vec<Role> = text
            .split(',')
            .map(|word| word.trim().parse())
            .collect::<Result<_, _>>()?;
        roles.sort_unstable();
        roles.dedup();
        Ok(Self(roles))
    }
}

/// What each role allows in this program: worked out once from the permissions its slices declare.
#[derive(Debug, Clone)]
pub struct RoleRights {
    admin: Vec<String>,
}

impl RoleRights {
    /// From the slices of the program.
    pub fn of(slices: &[Slice]) -> Self {
        let names = slices
            .iter()
            .flat_map(|slice| slice.permissions)
            .map(|permission| permission.name);
        Self {
            admin: names
                .filter(|name| !OWNERS_ONLY.contains(name))
                .map(ToOwned::to_owned)
                .collect(),
        }
    }

    /// The rights of somebody with these roles.
    pub fn rights(&self, roles: &Roles) -> Rights {
        if roles.has(Role::Owner) {
            return Rights::all();
        }
        let mut names: Vec<&str> = Vec::new();
        for role in &roles.0 {
            match role {
                Role::Owner => names.push("*"),
                Role::Admin => names.extend(self.admin.iter().map(String::as_str)),
                Role::Member => names.extend(MEMBER_RIGHTS),
                Role::Viewer => names.extend(["*:read", "account:own"]),
            }
        }
        Rights::new(names)
    }
}

/// Whether somebody with `rights` may turn `before` into `after`: owners are made and unmade by owners.
pub fn may_change_roles(rights: &Rights, before: Option<&Roles>, after: Option<&Roles>) -> bool {
    let touches_owner = [before, after]
        .into_iter()
        .flatten()
        .any(|roles| roles.has(Role::Owner));
    !touches_owner || rights.allows(WriteOwners::NAME)
}

/// Why a list of scopes is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadScopes {
    /// None were given.
    #[error("Choose at least one scope.")]
    None,
    /// No permission of this program has this name.
    #[error("There is no scope “{0}”.")]
    Unknown(String),
    /// The maker does not hold it.
    #[error("You do not hold “{0}” yourself, so you cannot give it to a key.")]
    Beyond(String),
}

/// The scopes of a new key: known permissions and wildcards over them, none beyond what its maker holds.
///
/// # Errors
/// The first that does not fit.
pub fn scopes(given: &[&str], known: &[&str], maker: &Rights) -> Result<Vec<String>, BadScopes> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in given
        .iter()
        .map(|scope| scope.trim())
        .filter(|scope| !scope.is_empty())
    {
        let as_rights = Rights::new([scope]);
        let mut granted = known
            .iter()
            .filter(|name| as_rights.allows(name))
            .peekable();
        if granted.peek().is_none() {
            return Err(BadScopes::Unknown(scope.to_owned()));
        }
        if let Some(beyond) = granted.find(|name| !maker.allows(name)) {
            return Err(BadScopes::Beyond((*beyond).to_owned()));
        }
        if !scopes.iter().any(|held| held == scope) {
            scopes.push(scope.to_owned());
        }
    }
    if scopes.is_empty() {
        Err(BadScopes::None)
    } else {
        Ok(scopes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::PermissionInfo;

    const KNOWN: [&str; 4] = [
        "partners:read",
        "partners:write",
        "members:write",
        "owners:write",
    ];

    fn rights(roles: &str) -> Rights {
        const SLICE: Slice = Slice {
            name: "test",
            permissions: &[
                PermissionInfo {
                    name: "partners:read",
                    about: "",
                },
                PermissionInfo {
                    name: "partners:write",
                    about: "",
                },
                PermissionInfo {
                    name: "members:write",
                    about: "",
                },
                PermissionInfo {
                    name: "owners:write",
                    about: "",
                },
            ],
            jobs: &[],
            tables: &[],
            supports_projects: false,
            checks: None,
            waiting: None,
            usage: None,
            reset_demo: None,
        };
        RoleRights::of(&[SLICE]).rights(&roles.parse().unwrap())
    }

    #[test]
    fn each_role_allows_what_the_table_says() {
        for (role, allowed) in [
            ("owner", &KNOWN[..]),
            (
                "admin",
                &["partners:read", "partners:write", "members:write"],
            ),
            ("member", &["partners:read", "partners:write"]),
            ("viewer", &["partners:read"]),
        ] {
            let held: Vec<&str> = KNOWN
                .into_iter()
                .filter(|name| rights(role).allows(name))
                .collect();
            assert_eq!(held, allowed, "{role}");
        }
    }

    #[test]
    fn owners_are_made_and_unmade_by_owners() {
        let (owner, viewer) = (Roles::one(Role::Owner), Roles::one(Role::Viewer));
        for (actor, allowed) in [("owner", true), ("admin", false)] {
            assert_eq!(
                may_change_roles(&rights(actor), Some(&viewer), Some(&owner)),
                allowed
            );
            assert_eq!(
                may_change_roles(&rights(actor), Some(&owner), Some(&viewer)),
                allowed
            );
            assert_eq!(
                may_change_roles(&rights(actor), None, Some(&owner)),
                allowed
            );
            assert!(may_change_roles(&rights(actor), Some(&viewer), None));
        }
    }

    #[test]
    fn a_key_gets_no_scope_its_maker_lacks() {
        let admin = rights("admin");
        assert_eq!(
            scopes(&["partners:*", "partners:*"], &KNOWN, &admin).unwrap(),
            ["partners:*"]
        );
        assert_eq!(scopes(&["*:read"], &KNOWN, &admin).unwrap(), ["*:read"]);
        assert_eq!(
            scopes(&["*"], &KNOWN, &admin),
            Err(BadScopes::Beyond("owners:write".into()))
        );
        assert_eq!(scopes(&["*"], &KNOWN, &rights("owner")).unwrap(), ["*"]);
        assert_eq!(
            scopes(&["payouts:read"], &KNOWN, &admin),
            Err(BadScopes::Unknown("payouts:read".into()))
        );
        assert_eq!(scopes(&["", " "], &KNOWN, &admin), Err(BadScopes::None));
    }

    #[test]
    fn roles_are_stored_in_order_and_once() {
        let roles: Roles = "viewer, owner,viewer".parse().unwrap();
        assert_eq!(roles.to_string(), "owner,viewer");
        assert_eq!(roles.strongest(), Role::Owner);
        assert!("king".parse::<Roles>().is_err() && "".parse::<Roles>().is_err());
    }
}
