//! What can be asked beside the range of time, and what can go wrong.

/// A query option.
pub(super) struct QueryOption {
    pub(super) name: &'static str,
    pub(super) value: Value,
    pub(super) text: &'static str,
    pub(super) example: &'static str,
}

/// What an option's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Text,
    /// A whole number, at least 0.
    Whole,
    Truth,
    /// Properties, separated by commas.
    Properties,
}

#[rustfmt::skip]
pub(super) const QUERY_OPTIONS: [QueryOption; 8] = [
    QueryOption {
        name: "$filter",
        value: Value::Text,
        text: "Only rows for which this is true. Operators: eq, ne, gt, ge, lt, le, in, and, or, not, add, \
               sub, mul, div, divby, mod. Functions: startswith, endswith, contains, tolower, toupper, \
               length, year, month, day, hour, minute, second, date, time. Collections: any, all.",
        example: "userPrincipalName eq 'ada@contoso.example'",
    },
    QueryOption {
        name: "$select",
        value: Value::Properties,
        text: "Only these properties of each row.",
        example: "id,userPrincipalName",
    },
    QueryOption {
        name: "$orderby",
        value: Value::Text,
        text: "An order other than by time: expressions with asc or desc, separated by commas.",
        example: "userPrincipalName desc",
    },
    QueryOption {
        name: "$top",
        value: Value::Whole,
        text: "At most this many rows.",
        example: "10",
    },
    QueryOption {
        name: "$skip",
        value: Value::Whole,
        text: "Skips this many rows. To read on, follow @odata.nextLink instead of counting.",
        example: "0",
    },
    QueryOption {
        name: "$count",
        value: Value::Truth,
        text: "With true, pages also say in @trunklog.totalCount how many rows there are in all. \
               @odata.count is the number of rows in the page, as on Graph.",
        example: "true",
    },
    QueryOption {
        name: "$format",
        value: Value::Text,
        text: "The format of the answer: json, csv, ndjson, arrow, parquet, or a media type. Wins over \
               the Accept header.",
        example: "json",
    },
    QueryOption {
        name: "bom",
        value: Value::Truth,
        text: "With true, CSV is made for spreadsheets: it starts with a byte-order mark, by which Excel \
               knows its letters, and text that would be a formula starts with '. The same as \
               csv;bom=true as the format.",
        example: "true",
    },
];

/// An answer that is an error.
pub(super) struct Fault {
    pub(super) status: &'static str,
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

#[rustfmt::skip]
pub(super) const FAULTS: [Fault; 8] = [
    Fault { status: "400", name: "BadRequest", text: "The request cannot be understood; the message says where." },
    Fault { status: "401", name: "Unauthorized", text: "There is no valid access token." },
    Fault { status: "403", name: "Forbidden", text: "The application does not have the role CallRecords.Read.All." },
    Fault { status: "404", name: "NotFound", text: "There is no such function, or not with these parameters." },
    Fault { status: "406", name: "NotAcceptable", text: "None of the media types that the request admits can be served." },
    Fault { status: "410", name: "Gone", text: "The link is too old, or belongs to another store or mask; read everything again, from Location if it is there." },
    Fault { status: "429", name: "TooManyRequests", text: "A limit on requests was reached; Retry-After says for how many seconds." },
    Fault { status: "503", name: "ServiceUnavailable", text: "The server is too busy, or its store is not available; Retry-After says for how many seconds." },
];

/// Where requests that must be told when to come back are answered.
pub(super) const RETRY: [&str; 2] = ["429", "503"];
