//! The columns of a direct-routing call as the others keep them.

use super::Form;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Half of the key.
    Id,
    /// The other half.
    Start,
    Guid,
    Time,
    Text,
    Integer,
    Boolean,
    Json,
}

/// As the samples have them, in this order.
static COLUMNS: [(&str, Kind); 25] = [
    ("id", Kind::Id),
    ("correlationId", Kind::Guid),
    ("userId", Kind::Guid),
    ("userPrincipalName", Kind::Text),
    ("userDisplayName", Kind::Text),
    ("startDateTime", Kind::Start),
    ("endDateTime", Kind::Time),
    ("inviteDateTime", Kind::Time),
    ("failureDateTime", Kind::Time),
    ("duration", Kind::Integer),
    ("callType", Kind::Text),
    ("successfulCall", Kind::Boolean),
    ("callerNumber", Kind::Text),
    ("calleeNumber", Kind::Text),
    ("mediaPathLocation", Kind::Text),
    ("signalingLocation", Kind::Text),
    ("finalSipCode", Kind::Integer),
    ("callEndSubReason", Kind::Integer),
    ("finalSipCodePhrase", Kind::Text),
    ("trunkFullyQualifiedDomainName", Kind::Text),
    ("mediaBypassEnabled", Kind::Boolean),
    ("userCountryCode", Kind::Text),
    ("otherPartyCountryCode", Kind::Text),
    ("transferorCorrelationId", Kind::Guid),
    ("administrativeUnitInfos", Kind::Json),
];

/// Their names.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(name, _)| *name)
}

/// PostgreSQL's table with its key, which is its index for time, too.
pub(super) fn postgres_table() -> String {
    let columns = COLUMNS.iter().map(|(name, kind)| format!("\"{name}\" {}", kind.postgres()));
    let columns = columns.collect::<Vec<_>>().join(", ");
    format!("CREATE TABLE calls ({columns}, PRIMARY KEY (\"startDateTime\", \"id\"))")
}

/// What PostgreSQL does with a row that is there: what is new in it counts, and null
/// erases nothing, as Trunklog has it.
pub(super) fn postgres_conflict() -> String {
    let others: Vec<&str> =
        COLUMNS.iter().filter(|(_, kind)| !kind.is_of_key()).map(|(name, _)| *name).collect();
    let each =
        |written: fn(&str) -> String| others.iter().map(|name| written(name)).collect::<Vec<_>>().join(", ");
    format!(
        "ON CONFLICT (\"startDateTime\", \"id\") DO UPDATE SET {} WHERE ({}) IS DISTINCT FROM ({})",
        each(|name| format!("\"{name}\" = coalesce(excluded.\"{name}\", calls.\"{name}\")")),
        each(|name| format!("calls.\"{name}\"")),
        each(|name| format!("coalesce(excluded.\"{name}\", calls.\"{name}\")")),
    )
}

/// ClickHouse's table, in which the newest of the rows with one key is left once its
/// parts are merged.
pub(super) fn clickhouse_table(form: Form) -> String {
    let columns =
        COLUMNS.iter().filter_map(|(name, kind)| Some(format!("{name} {}", kind.clickhouse(form)?)));
    let columns = columns.collect::<Vec<_>>().join(", ");
    format!("CREATE TABLE calls ({columns}) ENGINE = ReplacingMergeTree ORDER BY (startDateTime, id)")
}

impl Kind {
    fn is_of_key(self) -> bool {
        matches!(self, Kind::Id | Kind::Start)
    }

    fn postgres(self) -> &'static str {
        match self {
            Kind::Id => "uuid NOT NULL",
            Kind::Start => "timestamptz NOT NULL",
            Kind::Guid => "uuid",
            Kind::Time => "timestamptz",
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Boolean => "boolean",
            Kind::Json => "jsonb",
        }
    }

    /// None for what cannot be read. The release that Debian has knows no times of
    /// fractions of a second, in CSV neither `true` nor null, and in JSON no nested
    /// values.
    fn clickhouse(self, form: Form) -> Option<&'static str> {
        Some(match (self, form) {
            (Kind::Id, _) => "UUID",
            (Kind::Start, _) | (Kind::Json, Form::Csv) => "String",
            (Kind::Guid, Form::Ndjson) => "Nullable(UUID)",
            (Kind::Boolean, Form::Ndjson) => "Nullable(UInt8)",
            (Kind::Json, Form::Ndjson) => return None,
            (Kind::Integer, _) => "Nullable(Int32)",
            (Kind::Guid | Kind::Boolean, Form::Csv) | (Kind::Time | Kind::Text, _) => "Nullable(String)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_the_key_and_each_column_once() {
        let table = postgres_table();
        assert!(
            table.ends_with("\"administrativeUnitInfos\" jsonb, PRIMARY KEY (\"startDateTime\", \"id\"))")
        );
        for name in names() {
            assert_eq!(table.matches(&format!("\"{name}\" ")).count(), 1, "{name}");
        }
        // Nothing of the key is ever set.
        let conflict = postgres_conflict();
        assert!(!conflict.contains("excluded.\"id\"") && !conflict.contains("excluded.\"startDateTime\""));
        assert_eq!(conflict.matches(" = coalesce(").count(), COLUMNS.len() - 2);
        let columns = |form| clickhouse_table(form).matches(", ").count() - 1;
        assert_eq!((columns(Form::Csv), columns(Form::Ndjson)), (COLUMNS.len() - 1, COLUMNS.len() - 2));
    }
}
