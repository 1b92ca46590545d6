//! What filters mean, written with all their parentheses.

use super::*;

#[rustfmt::skip]
const MEANINGS: &[(&str, &str)] = &[
    // Comparisons and letter case.
    ("userId eq 'x'", "(userId eq 'x')"),
    ("\tuserId  EQ  'it''s' ", "(userId eq 'it''s')"),
    ("'x' Ne userId", "('x' ne userId)"),
    ("userId eq ''", "(userId eq '')"),
    ("userId gt id", "(userId gt id)"),
    ("successfulCall", "successfulCall"),
    ("successfulCall eq False", "(successfulCall eq false)"),
    ("(((successfulCall)))", "successfulCall"),
    // Precedence, and what is side by side.
    ("not successfulCall", "(not successfulCall)"),
    ("NOT(successfulCall)AND true", "((not successfulCall) and true)"),
    ("not not successfulCall", "(not (not successfulCall))"),
    ("not successfulCall eq true", "((not successfulCall) eq true)"),
    ("not userId in ('a','b')", "(not (userId in ('a','b')))"),
    ("duration eq 1 or duration eq 2 or duration eq 3", "((duration eq 1) or (duration eq 2) or (duration eq 3))"),
    ("(true or false) or (successfulCall or true)", "(true or false or successfulCall or true)"),
    ("true or false and successfulCall", "(true or (false and successfulCall))"),
    ("true and false or successfulCall and true", "((true and false) or (successfulCall and true))"),
    ("(true or false) and successfulCall", "((true or false) and successfulCall)"),
    ("duration gt 1 eq true", "((duration gt 1) eq true)"),
    ("true eq duration gt 1", "(true eq (duration gt 1))"),
    // Numbers.
    ("duration eq -5", "(duration eq -5)"),
    ("duration eq - 5", "(duration eq (- 5))"),
    ("--5 eq duration", "((- -5) eq duration)"),
    ("-duration lt 0", "((- duration) lt 0)"),
    ("duration add 1 mul 2 eq 7", "((duration add (1 mul 2)) eq 7)"),
    ("(duration add 1) mul 2 eq 7", "(((duration add 1) mul 2) eq 7)"),
    ("duration sub 1 sub 2 eq 0", "(((duration sub 1) sub 2) eq 0)"),
    ("-duration mul 2 lt 0", "(((- duration) mul 2) lt 0)"),
    ("duration mod 60 eq duration div 60", "((duration mod 60) eq (duration div 60))"),
    ("duration divby 2 eq 1", "((duration divby 2) eq 1.0)"),
    ("charge add 1 gt 2", "((charge add 1.0) gt 2.0)"),
    ("charge eq 0.10", "(charge eq 0.1)"),
    ("charge lt 1e3 and charge gt -2.5E-1", "((charge lt 1000.0) and (charge gt -0.25))"),
    ("duration lt 1.5", "(duration lt 1.5)"),
    ("duration lt 9223372036854775807", "(duration lt 9223372036854775807)"),
    ("duration gt -9223372036854775808", "(duration gt -9223372036854775808)"),
    ("duration lt 9223372036854775808", "(duration lt 9.223372036854776e18)"),
    // Functions.
    ("startsWith(callerNumber,'+49')", "startswith(callerNumber,'+49')"),
    ("contains( toLower( userId ) , 'a' )", "contains(tolower(userId),'a')"),
    ("endswith(toupper(userId),'A') eq true", "(endswith(toupper(userId),'A') eq true)"),
    ("length(userId) gt 3", "(length(userId) gt 3)"),
    ("year(startDateTime) eq 2024 and month(2024-02-01) eq 2", "((year(startDateTime) eq 2024) and (month(2024-02-01) eq 2))"),
    ("day(startDateTime) eq 1 and hour(startDateTime) ge 8", "((day(startDateTime) eq 1) and (hour(startDateTime) ge 8))"),
    ("minute(time(startDateTime)) eq second(08:00:05)", "(minute(time(startDateTime)) eq second(08:00:05))"),
    ("date(startDateTime) eq 2024-01-01", "(date(startDateTime) eq 2024-01-01)"),
    ("time(startDateTime) lt 08:00", "(time(startDateTime) lt 08:00:00)"),
    ("time(startDateTime) lt 08:00:00.50", "(time(startDateTime) lt 08:00:00.5)"),
    // Instants.
    ("startDateTime ge 2024-01-01", "(startDateTime ge 2024-01-01T00:00:00Z)"),
    ("2024-1-1 le startDateTime", "(2024-01-01T00:00:00Z le startDateTime)"),
    ("startDateTime lt 2024-01-01t00:00z", "(startDateTime lt 2024-01-01T00:00:00Z)"),
    ("startDateTime lt 2024-01-01T00:00:00.1234567-09:30", "(startDateTime lt 2024-01-01T09:30:00.1234567Z)"),
    ("startDateTime ge 2024-01-01T00:00:00+01:00", "(startDateTime ge 2023-12-31T23:00:00Z)"),
    ("startDateTime ge 2024-01-01T00:00:00 01:00", "(startDateTime ge 2023-12-31T23:00:00Z)"),
    ("(startDateTime ge 2024-01-01T00:00 01:00)", "(startDateTime ge 2023-12-31T23:00:00Z)"),
    ("startDateTime in (2024-01-01,2024-01-02T00:00:00 01:00)", "(startDateTime in (2024-01-01T00:00:00Z,2024-01-01T23:00:00Z))"),
    ("startDateTime ne endDateTime", "(startDateTime ne endDateTime)"),
    // Null.
    ("userId eq null", "(userId eq null)"),
    ("null ne userId", "(not (userId eq null))"),
    ("userId gt null or null le duration", "(false or false)"),
    ("null eq null or null ne null or null ge null", "(true or false or false)"),
    ("length(userId) eq null", "(length(userId) eq null)"),
    // Lists.
    ("userId IN ( 'a' , 'b' )", "(userId in ('a','b'))"),
    ("userId in ('a',null)", "((userId eq null) or (userId in ('a')))"),
    ("successfulCall or userId in (null,'a')", "(successfulCall or (userId eq null) or (userId in ('a')))"),
    ("userId in (null)", "(userId eq null)"),
    ("null in ('a',null) or null in ('a')", "(true or false)"),
    ("duration in (1,2.0,2.5,-3)", "(duration in (1,2,-3))"),
    ("duration in (2.5)", "false"),
    ("charge in (1,2.5)", "(charge in (1.0,2.5))"),
    ("successfulCall in (true)", "(successfulCall in (true))"),
    ("date(startDateTime) in (2024-01-01)", "(date(startDateTime) in (2024-01-01))"),
    // GUIDs and enumerations.
    ("id eq E523D2ED-2966-4b6b-925b-754a88034cc5", "(id eq 'e523d2ed-2966-4b6b-925b-754a88034cc5')"),
    ("id eq 'E523D2ED-2966-4b6b-925b-754a88034cc5'", "(id eq 'E523D2ED-2966-4b6b-925b-754a88034cc5')"),
    ("id in (0523D2ED-2966-4B6B-925B-754A88034CC5)", "(id in ('0523d2ed-2966-4b6b-925b-754a88034cc5'))"),
    ("callDurationSource eq 'OPERATOR'", "(callDurationSource eq 'operator')"),
    ("'Microsoft' ne callDurationSource", "('microsoft' ne callDurationSource)"),
    ("callDurationSource eq microsoft.graph.callRecords.pstnCallDurationSource'Operator'", "(callDurationSource eq 'operator')"),
    ("callDurationSource in ('operator',microsoft.graph.callrecords.PstnCallDurationSource'microsoft')", "(callDurationSource in ('operator','microsoft'))"),
    ("callDurationSource ne null", "(not (callDurationSource eq null))"),
    // Collections.
    ("administrativeUnitInfos/any(a:a/id eq 'x')", "administrativeUnitInfos/any(a:(a/id eq 'x'))"),
    ("administrativeUnitInfos/Any( u : u/id in ('x','y') )", "administrativeUnitInfos/any(a:(a/id in ('x','y')))"),
    ("administrativeUnitInfos/any()", "administrativeUnitInfos/any()"),
    ("not administrativeUnitInfos/any() and true", "((not administrativeUnitInfos/any()) and true)"),
    ("administrativeUnitInfos/all(id:id/id ne userId)", "administrativeUnitInfos/all(a:(a/id ne userId))"),
    ("administrativeUnitInfos/any(a:a/id eq id) and id eq 'x'", "(administrativeUnitInfos/any(a:(a/id eq id)) and (id eq 'x'))"),
    // Aliases.
    ("userId eq @user", "(userId eq 'x')"),
    ("userId eq @guid", "(userId eq '24ab524e-e8be-40e3-9059-2aed45825a9c')"),
    ("userId in (@user,@none)", "((userId eq null) or (userId in ('x')))"),
    ("startDateTime ge @from", "(startDateTime ge 2024-01-01T00:00:00Z)"),
    ("userId eq @none", "(userId eq null)"),
    ("callDurationSource eq @source", "(callDurationSource eq 'operator')"),
];

#[test]
fn filters_mean_what_the_standard_says() {
    for (text, meaning) in MEANINGS {
        match read(text) {
            Ok(expr) => assert_eq!(print(&expr), *meaning, "{text}"),
            Err(error) => panic!("{text}: {error}"),
        }
    }
}

#[test]
fn expressions_know_their_kinds() {
    for (text, kind) in [
        ("duration add 1", Kind::Int),
        ("duration div 2", Kind::Int),
        ("duration divby 2", Kind::Number),
        ("duration add 0.5", Kind::Number),
        ("charge mul 2", Kind::Number),
        ("-charge", Kind::Number),
        ("length(userId)", Kind::Int),
        ("tolower(userId)", Kind::Text),
        ("callDurationSource", Kind::Text),
        ("date(startDateTime)", Kind::Date),
        ("time(startDateTime)", Kind::TimeOfDay),
        ("startDateTime", Kind::Instant),
        ("not successfulCall", Kind::Bool),
    ] {
        assert_eq!(order_by(text, &Row).unwrap()[0].by.kind, kind, "{text}");
    }
}

#[test]
fn literals_take_the_kind_of_the_other_side() {
    let charge = Expr::new(Kind::Number, Node::Property(5));
    let two = Expr::literal(Literal::Number(2.0));
    let node = Node::Compare(Comparison::Equal, Box::new(charge), Box::new(two));
    assert_eq!(read("charge eq 2"), Ok(Expr::new(Kind::Bool, node)));
}
