//! The address for an app as a drawing that its camera reads.

use qrcodegen::{QrCode, QrCodeEcc};

/// White around the code, which cameras need (ISO/IEC 18004, section 9.1).
const MARGIN: i32 = 4;

/// A QR code as SVG has it.
pub(super) struct Drawing {
    /// How wide and high it is, with its margin.
    pub(super) size: i32,
    /// Its dark squares: a path of `M`, `h`, `v` and `z`, so that nothing has to be
    /// escaped.
    pub(super) path: String,
}

/// The code of a text; None if it is too long for one.
pub(super) fn drawing(text: &str) -> Option<Drawing> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                path.push_str(&format!("M{} {}h1v1h-1z", x + MARGIN, y + MARGIN));
            }
        }
    }
    Some(Drawing { size: code.size() + 2 * MARGIN, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_drawn() {
        let drawing = drawing("otpauth://totp/Trunklog:anna?secret=GEZDGNBVGY3TQOJQ").unwrap();
        assert!((29..=60).contains(&drawing.size), "{}", drawing.size);
        // The corner that tells cameras how it lies: dark at its edge, light inside.
        assert!(drawing.path.starts_with("M4 4h1v1h-1zM5 4h1v1h-1z"));
        assert!(!drawing.path.contains("M5 5h1"));
        assert!(drawing.path.bytes().all(|byte| byte.is_ascii_digit() || b"Mhvz- ".contains(&byte)));
    }

    #[test]
    fn what_is_too_long_is_not_drawn() {
        assert!(drawing(&"a".repeat(5_000)).is_none());
    }
}
