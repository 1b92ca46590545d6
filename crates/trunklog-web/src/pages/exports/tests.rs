use trunklog_reports::Language;

use super::*;
use crate::pages::testing::{at, in_language, page};

fn workbook(rows: u64, of_a_sheet: Option<u64>) -> DownloadView {
    DownloadView {
        id: "7f".to_owned(),
        tab: Some(UsageTab::DirectRouting),
        form: "xlsx".to_owned(),
        range: None,
        created: at("2026-11-30T07:00:00Z"),
        expires: at("2026-12-01T07:00:00Z"),
        state: DownloadState::Done { file_name: "a.xlsx".to_owned(), rows, bytes: 1, of_a_sheet },
    }
}

#[test]
fn a_workbook_of_several_sheets_says_so() {
    let shown = |download: DownloadView, language| {
        let page = in_language(language, page("exports", "", true));
        ExportsPage::new(&page, &[download], 20, 24).render().unwrap()
    };
    let whole = shown(workbook(1_048_575, None), Language::English);
    assert!(whole.contains("<td>ready</td>") && whole.contains("1,048,575 rows"), "{whole}");
    let several = shown(workbook(1_048_576, Some(1_048_576)), Language::English);
    assert!(
        several.contains("in several sheets, since a sheet in Excel has at most 1,048,576."),
        "{several}"
    );
    for (language, part) in
        [(Language::German, "in mehreren Blättern"), (Language::French, "plusieurs feuilles")]
    {
        let several = shown(workbook(2_000_000, Some(1_048_576)), language);
        assert!(several.contains(part), "{several}");
    }
}
