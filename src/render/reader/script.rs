//! In which script is a text written, and so in which language is it set where it names none? Pure.

/// How a text is to be set, as far as its letters tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Setting {
    /// The language whose forms, fonts and line breaks fit the letters. `None` for letters of many languages.
    pub(super) language: Option<&'static str>,
    /// Whether most of it is written from right to left.
    pub(super) is_rtl: bool,
}

/// East Asian text is dense, and posts hold names, addresses and code in Latin letters: from one letter in eight on, it
/// is what the text is written in.
const DENSE_SHARE: usize = 8;

/// Japanese is rarely without one kana in ten; Chinese holds a stray one.
const KANA_SHARE: usize = 10;

#[derive(Debug, Default)]
struct Letters {
    all: usize,
    han: usize,
    kana: usize,
    hangul: usize,
    arabic: usize,
    /// Letters of the Arabic script that Arabic does not have.
    not_arabic: usize,
    hebrew: usize,
}

/// Returns how the text of `html` is to be set, tags aside.
pub(super) fn setting(html: &str) -> Setting {
    let letters = Letters::of(html);
    let Letters {
        all,
        han,
        kana,
        hangul,
        arabic,
        not_arabic,
        hebrew,
    } = letters;
    let dense = han + kana + hangul;
    let is_rtl = (arabic + hebrew) * 2 > all;
    let language = if dense > 0 && dense * DENSE_SHARE >= all {
        Some(if hangul * 2 > dense {
            "ko"
        } else if kana * KANA_SHARE >= dense {
            "ja"
        } else {
            "zh"
        })
    } else if is_rtl && hebrew > arabic {
        Some("he")
    } else if is_rtl && not_arabic == 0 {
        Some("ar")
    } else {
        None
    };
    Setting { language, is_rtl }
}

impl Letters {
    fn of(html: &str) -> Self {
        let mut letters = Self::default();
        let mut in_tag = false;
        for c in html.chars() {
            match c {
                '<' => in_tag = true,
                '>' => in_tag = false,
                _ if !in_tag && c.is_alphabetic() => letters.count(c),
                _ => {}
            }
        }
        letters
    }

    fn count(&mut self, c: char) {
        self.all += 1;
        match c {
            '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFF}' => self.han += 1,
            '\u{3041}'..='\u{309F}' | '\u{30A1}'..='\u{30FF}' | '\u{FF66}'..='\u{FF9F}' => {
                self.kana += 1;
            }
            '\u{1100}'..='\u{11FF}' | '\u{3131}'..='\u{318E}' | '\u{AC00}'..='\u{D7A3}' => {
                self.hangul += 1;
            }
            '\u{0620}'..='\u{077F}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => {
                self.arabic += 1;
                let is_of_arabic = matches!(c, '\u{0620}'..='\u{0652}' | '\u{FE70}'..='\u{FEFC}');
                self.not_arabic += usize::from(!is_of_arabic);
            }
            '\u{05D0}'..='\u{05F2}' => self.hebrew += 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, language: Option<&str>, is_rtl: bool) {
        let setting = setting(html);
        assert_eq!((setting.language, setting.is_rtl), (language, is_rtl));
    }

    #[test]
    fn the_letters_tell() {
        check("<p>海边的灯塔，写于 Offprint 之后。", Some("zh"), false);
        check("<p>这家の店很有名，每天都有很多人排队。", Some("zh"), false);
        check("<p>東京駅の近くで撮った写真です。", Some("ja"), false);
        check("<p>등대와 바다, 그리고 漢字.", Some("ko"), false);
        check("<p>منارة على شاطئ البحر", Some("ar"), true);
        check("<p>چراغ دریایی در کنار گیلان", None, true);
        check("<p>מגדלור על שפת הים", Some("he"), true);
    }

    #[test]
    fn what_many_languages_share_tells_nothing() {
        check("", None, false);
        check("<p>1, 2, 3!", None, false);
        check("<p>Le phare, vu de la mer.", None, false);
        check("<p>Маяк на берегу", None, false);
        check("<p lang='中文中文中文'>A lighthouse</p>", None, false);
        check(
            "<p>The word 灯 means lamp in an otherwise English text.",
            None,
            false,
        );
    }
}
