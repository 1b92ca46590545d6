use super::*;

const HERE: Uuid = Uuid::from_u128(0x1000);
const THERE: Uuid = Uuid::from_u128(0x2000);

fn roles(texts: &[&str]) -> PersonRoles {
    texts.iter().map(|text| text.replace("here", &HERE.to_string()).parse::<Grant>().unwrap()).collect()
}

#[test]
fn every_row_belongs_to_its_role() {
    assert_eq!(ROLES.len(), PersonRole::ALL.len());
    for role in PersonRole::ALL {
        assert_eq!(role.row().role, role);
        assert_eq!(role.to_string().to_uppercase().parse::<PersonRole>().unwrap(), role);
    }
    let error = "root".parse::<PersonRole>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.to_string().contains("full-numbers") && !error.to_string().contains("root"), "{error}");
}

#[test]
fn a_grant_is_read_back_and_names_its_tenants() {
    for role in PersonRole::ALL {
        for scope in [Scope::AllTenants, Scope::Tenant(HERE)] {
            let grant = Grant { role, scope };
            assert_eq!(grant.to_string().parse::<Grant>().unwrap(), grant);
        }
    }
    for wrong in ["", "calls", "calls@", "calls@all", "@*", "calls@* ", "calls@*@*", "root@*"] {
        assert_eq!(wrong.parse::<Grant>().unwrap_err().kind(), ErrorKind::Invalid, "{wrong}");
    }
}

#[test]
fn no_role_permits_more_than_it_says() {
    for held in PersonRole::ALL {
        let roles: PersonRoles = [Grant { role: held, scope: Scope::Tenant(HERE) }].into_iter().collect();
        for asked in PersonRole::ALL {
            let implied = held == PersonRole::Calls && asked == PersonRole::Aggregates;
            assert_eq!(roles.hold(HERE, asked), held == asked || implied, "{held} {asked}");
            assert!(!roles.hold(THERE, asked) && !roles.hold_everywhere(asked), "{held} {asked}");
        }
    }
    assert!(PersonRole::ALL.iter().all(|role| !PersonRoles::default().hold(HERE, *role)));
}

#[test]
fn what_holds_for_all_tenants_holds_for_each() {
    let roles = roles(&["calls@*", "administer@here"]);
    assert!(roles.hold(THERE, PersonRole::Calls) && roles.hold_everywhere(PersonRole::Calls));
    assert!(!roles.hold_everywhere(PersonRole::Administer) && !roles.hold(THERE, PersonRole::Administer));
    assert_eq!(roles.named_tenants(), BTreeSet::from([HERE]));
    assert!(roles.may_read(THERE));
}

#[test]
fn who_administers_enters_and_reads_nothing() {
    let roles = roles(&["administer@here", "export@here", "full-numbers@*"]);
    assert!(roles.may_enter(HERE) && !roles.may_read(HERE));
    assert!(!roles.may_enter(THERE));
}

#[test]
fn they_are_written_as_a_list_of_texts() {
    let roles = roles(&["export@*", "calls@here", "calls@here"]);
    let text = serde_json::to_string(&roles).unwrap();
    assert_eq!(text, format!(r#"["calls@{HERE}","export@*"]"#));
    assert_eq!(serde_json::from_str::<PersonRoles>(&text).unwrap(), roles);
}
