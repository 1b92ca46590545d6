//! Following brackets and texts through one value.

use memchr::memchr3;

use super::container::{Extent, Inside};
use super::item::Flaw;
use super::limits::{MAX_BODY, MAX_DEPTH, MAX_RECORD};

/// The state of going through one value, kept while more of it is read.
#[derive(Debug)]
pub(super) struct Scan {
    target: Target,
    /// The open brackets, the innermost in the lowest bit; 1 is an object.
    kinds: u128,
    depth: u32,
    before: Before,
    /// The text that is being read, None outside of texts.
    text: Option<Text>,
    /// What the last such name means.
    name: Name,
    /// Whether there was a name that rows do not have.
    is_odd: bool,
    /// Whether there was the status of a response.
    has_status: bool,
    /// Whether there was the body of one.
    has_body: bool,
    opening: Opening,
    /// Where the last text started.
    text_begin: usize,
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    /// The name of a member of the value itself.
    Name,
    /// Any other.
    Other,
}

/// What the name of a member means for what its object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    /// Nothing, as the names of rows do.
    Other,
    /// The rows of a page.
    Value,
    /// The responses of a batch.
    Responses,
    /// The body of a response.
    Body,
    /// The status of a response.
    Status,
    /// What errors have, or an annotation of pages.
    Around,
}

/// Whether what the object holds is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// Where it starts.
    Watched,
    /// Its bracket was passed. If nothing is in it, there is nothing to
    /// enter.
    Pending(Inside),
    /// Never: the object is a row all the same.
    Declined,
}

/// What is being gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A row or a page, from its first bracket to its last.
    Object,
    /// An object among the responses of a batch.
    Response,
    /// The same as either, when it is no longer looked for what it holds.
    Opaque,
    /// An element of an array that is no object, up to the comma or bracket
    /// after it.
    Element,
    /// A text that is where an object should.
    Text,
    /// What a page has after its rows, its last bracket included.
    Tail,
}

/// The last token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Open,
    Value,
    Comma,
    Colon,
}

/// How far a scan came.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) step: Step,
    /// The index after the last byte that was gone over.
    pub(super) at: usize,
    /// How many line breaks that was.
    pub(super) line_breaks: u64,
    /// The index after the last of them.
    pub(super) line_begin: Option<usize>,
}

/// Why a scan stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The bytes are at their end.
    More,
    /// The value is at its end.
    Ended,
    /// The object is not a row, and what it holds starts here.
    Opens(Inside, Extent),
    /// Brackets or texts do not fit together. The byte that shows it has not
    /// been gone over.
    Broken(Flaw),
}

impl Scan {
    pub(super) fn new(target: Target) -> Scan {
        // A tail starts inside its page's object, after the value of `value`.
        let (depth, before) = if target == Target::Tail { (1, Before::Value) } else { (0, Before::Open) };
        Scan {
            target,
            kinds: 1,
            depth,
            before,
            text: None,
            name: Name::Other,
            is_odd: false,
            has_status: false,
            has_body: false,
            opening: Opening::Watched,
            text_begin: 0,
        }
    }

    pub(super) fn target(&self) -> Target {
        self.target
    }

    /// Whether the object has a member that rows do not have.
    pub(super) fn is_odd(&self) -> bool {
        self.is_odd
    }

    /// How many bytes of the value may be held: the body of an answer can be a
    /// text with a whole page in it, or come before anything tells what it is.
    pub(super) fn max_len(&self) -> usize {
        if self.may_have_page() { MAX_BODY } else { MAX_RECORD }
    }

    /// Whether the object is, or may turn out to be, an answer with its body.
    pub(super) fn may_have_page(&self) -> bool {
        self.is_response() || self.has_body
    }

    /// Whether the object is known to be a response of a batch.
    pub(super) fn is_response(&self) -> bool {
        self.target == Target::Response || self.has_status
    }

    /// What starts after a bracket that was passed, if nothing but space has
    /// come since.
    pub(super) fn pending(&self) -> Option<Inside> {
        match self.opening {
            Opening::Pending(inside) => Some(inside),
            Opening::Watched | Opening::Declined => None,
        }
    }

    /// Goes on through what [`Step::Opens`] has shown, now and later: the object
    /// is a row. Deciding that again for each such member would take long.
    pub(super) fn decline(&mut self) {
        self.opening = Opening::Declined;
    }

    /// Goes on without what was read so far: the value is no page, and its
    /// texts need not be in memory as a whole.
    pub(super) fn stop_watching_names(&mut self) {
        if self.watches_names() {
            self.target = Target::Opaque;
        }
        self.text = self.text.map(|_| Text::Other);
        self.name = Name::Other;
    }

    fn watches_names(&self) -> bool {
        matches!(self.target, Target::Object | Target::Response)
    }

    /// Goes through `held` from the index `from` on. The value starts at its
    /// index 0, unless names are no longer watched.
    pub(super) fn run(&mut self, held: &[u8], from: usize) -> Progress {
        let mut at = from;
        let mut line_breaks = 0;
        let mut line_begin = None;
        let step = loop {
            if let Some(text) = self.text {
                let Some(found) = memchr3(b'"', b'\\', b'\n', &held[at..]) else {
                    at = held.len();
                    break Step::More;
                };
                at += found;
                match held[at] {
                    b'"' => {
                        self.text = None;
                        if text == Text::Name {
                            self.take_name(&held[self.text_begin..at]);
                        }
                        at += 1;
                        if self.target == Target::Text {
                            break Step::Ended;
                        }
                    }
                    b'\\' => match held.get(at + 1) {
                        // What is escaped must be there, too.
                        None => break Step::More,
                        Some(b'\n') => at += 1,
                        Some(_) => at += 2,
                    },
                    _ => break Step::Broken(Flaw::OpenText),
                }
                continue;
            }
            let Some(&byte) = held.get(at) else { break Step::More };
            let class = CLASSES[usize::from(byte)];
            if let Opening::Pending(inside) = self.opening {
                match class {
                    Class::Space | Class::LineBreak => {}
                    Class::CloseArray => self.opening = Opening::Watched,
                    _ => break Step::Opens(inside, Extent::Many),
                }
            }
            match class {
                Class::Space => {}
                Class::LineBreak => {
                    line_breaks += 1;
                    line_begin = Some(at + 1);
                }
                Class::Literal => self.before = Before::Value,
                Class::Quote => {
                    let is_name = self.depth == 1
                        && matches!(self.before, Before::Open | Before::Comma)
                        && self.watches_names();
                    self.before = Before::Value;
                    self.text = Some(if is_name { Text::Name } else { Text::Other });
                    self.text_begin = at + 1;
                }
                Class::Colon => self.before = Before::Colon,
                Class::Comma if self.depth == 0 => break Step::Ended,
                Class::Comma => self.before = Before::Comma,
                Class::OpenObject | Class::OpenArray => {
                    if !self.may_open() {
                        break Step::Broken(Flaw::Brackets);
                    }
                    if let Some(inside) = self.opens() {
                        if byte == b'{' {
                            break Step::Opens(inside, Extent::One);
                        }
                        self.opening = Opening::Pending(inside);
                    }
                    if self.depth == MAX_DEPTH {
                        break Step::Broken(Flaw::TooDeep);
                    }
                    self.kinds = (self.kinds << 1) | u128::from(byte == b'{');
                    self.depth += 1;
                    self.before = Before::Open;
                }
                Class::CloseObject | Class::CloseArray => {
                    if self.depth == 0 && byte == b']' {
                        break Step::Ended;
                    }
                    if self.depth == 0 || self.is_in_object() != (byte == b'}') {
                        break Step::Broken(Flaw::Brackets);
                    }
                    self.kinds >>= 1;
                    self.depth -= 1;
                    self.before = Before::Value;
                    if self.depth == 0 && self.target != Target::Element {
                        at += 1;
                        break Step::Ended;
                    }
                }
                Class::Other => break Step::Broken(Flaw::Syntax),
            }
            at += 1;
        };
        Progress { step, at, line_breaks, line_begin }
    }

    fn is_in_object(&self) -> bool {
        self.kinds & 1 == 1
    }

    /// Whether a bracket can open here. A line that was cut off is found out
    /// by the bracket that the next line starts with.
    fn may_open(&self) -> bool {
        match self.before {
            Before::Open => self.depth == 0 || !self.is_in_object(),
            Before::Comma => !self.is_in_object(),
            Before::Colon => self.depth > 0 && self.is_in_object(),
            Before::Value => false,
        }
    }

    fn take_name(&mut self, name: &[u8]) {
        self.name = Name::of(name);
        self.is_odd |= self.name != Name::Other;
        self.has_status |= self.name == Name::Status;
        self.has_body |= self.name == Name::Body;
    }

    /// What starts with the bracket here, if the object is not a row.
    fn opens(&self) -> Option<Inside> {
        let is_value_of_name = self.depth == 1 && self.before == Before::Colon;
        if self.name == Name::Other || !is_value_of_name || self.opening != Opening::Watched {
            return None;
        }
        match self.name {
            Name::Value => Some(Inside::Rows),
            Name::Responses => Some(Inside::Responses),
            Name::Body if self.is_response() => Some(Inside::Body),
            _ => None,
        }
    }
}

impl Name {
    /// Letter case is ignored: PowerShell's objects have `Value`.
    fn of(name: &[u8]) -> Name {
        let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
        match name.len() {
            4 if is(b"body") => Name::Body,
            5 if is(b"value") => Name::Value,
            5 if is(b"error") || is(b"fault") => Name::Around,
            6 if is(b"status") => Name::Status,
            6 if is(b"errors") => Name::Around,
            7 if is(b"message") => Name::Around,
            9 if is(b"responses") => Name::Responses,
            10 if is(b"statusCode") => Name::Status,
            11 if is(b"odata.error") => Name::Around,
            12 if is(b"@odata.count") => Name::Around,
            14 if is(b"@odata.context") => Name::Around,
            15 if is(b"@odata.nextLink") => Name::Around,
            21 if is(b"FullyQualifiedErrorId") => Name::Around,
            _ => Name::Other,
        }
    }
}

/// What a byte outside of texts does.
#[derive(Clone, Copy)]
enum Class {
    Space,
    LineBreak,
    Literal,
    Quote,
    Colon,
    Comma,
    OpenObject,
    OpenArray,
    CloseObject,
    CloseArray,
    Other,
}

impl Class {
    const fn of(byte: u8) -> Class {
        match byte {
            b' ' | b'\t' | b'\r' => Class::Space,
            b'\n' => Class::LineBreak,
            // Numbers, true, false, null. Of what is meant to be text, little
            // has only these letters, so a missing quote is found out soon.
            b'0'..=b'9'
            | b'+'
            | b'-'
            | b'.'
            | b'E'
            | b'a'
            | b'e'
            | b'f'
            | b'l'
            | b'n'
            | b'r'
            | b's'
            | b't'
            | b'u' => Class::Literal,
            b'"' => Class::Quote,
            b':' => Class::Colon,
            b',' => Class::Comma,
            b'{' => Class::OpenObject,
            b'[' => Class::OpenArray,
            b'}' => Class::CloseObject,
            b']' => Class::CloseArray,
            _ => Class::Other,
        }
    }
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    let mut at = 0;
    while at < classes.len() {
        classes[at] = Class::of(byte);
        byte = byte.wrapping_add(1);
        at += 1;
    }
    classes
};
