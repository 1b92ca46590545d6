//! What reports there are, what they take and what they tell. Like the other
//! descriptions, it needs no token.

use std::sync::OnceLock;

use axum::response::Response;
use serde_json::{Value, json};
use trunklog_identity::Role;
use trunklog_reports::{Column, DEFINITIONS, Level, REPORTS, Report, Texts};

use super::form::Form;
use super::parameters::{self, Parameter};
use super::resource::{DATA, USAGE, address};
use super::{ReportRequest, data, usage};
use crate::answer::{Access, Failure};
use crate::document::{Document, SharedBytes};

/// `/reports/v1/`
pub(super) fn serve(request: ReportRequest<'_>, access: &mut Access) -> Result<Response, Failure> {
    /// It is the same for all servers of a process but for the size of pages.
    static LISTED: OnceLock<(u32, Document)> = OnceLock::new();
    access.route = "list of reports";
    let headers = &request.parts.headers;
    let form = Form::json_alone(headers)?;
    let page_rows = usage::most_rows(request.app);
    let made = || Document::new(text(page_rows).to_string());
    let (of, document) = LISTED.get_or_init(|| (page_rows, made()));
    if *of != page_rows {
        return Ok(made().response(headers, form.media_type()));
    }
    let mut response = document.response(headers, form.media_type());
    response.extensions_mut().insert(SharedBytes);
    Ok(response)
}

fn text(page_rows: u32) -> Value {
    let mut reports: Vec<Value> = REPORTS.iter().map(|report| entry(report)).collect();
    reports.push(json!({
        "key": USAGE,
        "title": usage::TITLE,
        "explanation": usage::EXPLANATION,
        "address": format!("/reports/v1/{USAGE}"),
        "level": level(Level::Personal),
        "roles": roles(Level::Personal),
        "parameters": parameters_of(&parameters::of_usage(page_rows)),
        "columns": [],
    }));
    reports.push(json!({
        "key": DATA,
        "title": data::TITLE,
        "explanation": data::EXPLANATION,
        "address": format!("/reports/v1/{DATA}"),
        "level": level(Level::Aggregate),
        "roles": roles(Level::Aggregate),
        "parameters": parameters_of(&parameters::of_data()),
        "columns": [],
    }));
    json!({ "definitions": DEFINITIONS, "value": reports })
}

fn entry(report: &Report) -> Value {
    let texts = Texts::english();
    let columns: Vec<Value> = (report.columns)().iter().map(column).collect();
    json!({
        "key": report.key,
        "title": report.title(texts),
        "explanation": report.explanation(texts),
        "address": address(report),
        "level": level(report.level),
        "roles": roles(report.level),
        "parameters": parameters_of(&parameters::of(report)),
        "columns": columns,
    })
}

fn column(column: &Column) -> Value {
    let texts = Texts::english();
    json!({
        "key": column.key,
        "title": column.title(texts),
        "explanation": column.explanation(texts),
        "kind": column.kind.key(),
        "hasN": column.kind.has_n(),
        "isKey": column.is_key,
        "isOptional": column.is_optional,
    })
}

fn parameters_of(taken: &[Parameter]) -> Value {
    let taken = taken.iter().map(|parameter| {
        json!({
            "name": parameter.name,
            "explanation": parameter.text,
            "example": parameter.example,
        })
    });
    Value::Array(taken.collect())
}

/// What a level is called.
pub(crate) fn level(level: Level) -> &'static str {
    match level {
        Level::Aggregate => "aggregate",
        Level::Personal => "personal",
    }
}

/// The names of the roles of which one is needed for a level.
pub(crate) fn roles(level: Level) -> Vec<&'static str> {
    let roles: &[Role] = match level {
        Level::Aggregate => &Role::READS_SUMS,
        Level::Personal => &Role::READS,
    };
    roles.iter().map(|role| role.name()).collect()
}
