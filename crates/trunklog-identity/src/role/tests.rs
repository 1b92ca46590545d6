use super::*;

#[test]
fn every_row_belongs_to_its_role() {
    assert_eq!(ROLES.len(), Role::ALL.len());
    for role in Role::ALL {
        assert_eq!(role.row().role, role);
    }
    assert_eq!(Role::CallRecordsReadAll.name(), "CallRecords.Read.All");
    assert_eq!(Role::CallRecordPstnCallsReadAll.name(), "CallRecord-PstnCalls.Read.All");
    assert_eq!(Role::FullNumbers.name(), "CallRecords-FullNumbers.Read.All");
    assert_eq!(Role::ReportsReadAll.name(), "CallRecords-Reports.Read.All");
}

#[test]
fn full_numbers_alone_permit_no_reading() {
    let others: Vec<Role> = Role::ALL.into_iter().filter(|role| !Role::READS_SUMS.contains(role)).collect();
    assert_eq!(others, [Role::FullNumbers]);
}

#[test]
fn who_reads_rows_reads_their_sums_and_not_the_other_way_round() {
    assert!(Role::READS.iter().all(|role| Role::READS_SUMS.contains(role)));
    let sums_alone: Vec<Role> =
        Role::READS_SUMS.into_iter().filter(|role| !Role::READS.contains(role)).collect();
    assert_eq!(sums_alone, [Role::ReportsReadAll]);
}

#[test]
fn names_and_ids_are_read_back() {
    for role in Role::ALL {
        assert_eq!(role.to_string().parse::<Role>().unwrap(), role);
        assert_eq!(role.name().to_lowercase().parse::<Role>().unwrap(), role);
        assert_eq!(role.app_role_id().to_string().parse::<Role>().unwrap(), role);
    }
}

#[test]
fn an_unknown_role_names_the_known_ones() {
    let error = "User.Read.All".parse::<Role>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.to_string().contains("CallRecord-PstnCalls.Read.All"), "{error}");
}

#[test]
fn json_carries_the_name() {
    let json = serde_json::to_string(&Role::CallRecordsReadAll).unwrap();
    assert_eq!(json, "\"CallRecords.Read.All\"");
    assert_eq!(serde_json::from_str::<Role>(&json).unwrap(), Role::CallRecordsReadAll);
    assert!(serde_json::from_str::<Role>("\"\"").is_err());
}
