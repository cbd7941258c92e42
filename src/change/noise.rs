//! Which lines change by being looked at, or by time going by? Pure.
//!
//! "3 minutes ago" and "1,234 views" are read, and are no change of the article. A short line with such words counts without
//! its numbers, and where it says how long ago something was, without its units. Nothing else is forgiven: other numbers, and
//! these words in longer lines, count as they are.

/// The longest line, in characters, that may be noise: a byline, not a sentence of the article.
const LINE_CHARACTERS_MAX: usize = 60;

/// What is counted at every visit.
#[rustfmt::skip]
const VISITS: &[&str] = &[
    "view", "views", "reads", "hits", "visits", "visitors", "pageviews", "阅读", "閱讀", "浏览", "瀏覽", "访问", "訪問",
    "点击", "點擊", "人气", "閲覧", "回視聴", "アクセス", "조회", "مشاهدة", "مشاهدات", "زيارة", "vues", "aufrufe", "visitas",
    "просмотров", "просмотра", "просмотр",
];

/// What says how long ago something was.
#[rustfmt::skip]
const AGO: &[&str] = &[
    "ago", "前", "전", "منذ", "назад", "vor", "hace", "há", "fa", "לפני",
];

/// What such a time is counted in.
#[rustfmt::skip]
const UNITS: &[&str] = &[
    "an", "a", "about", "almost", "over", "second", "seconds", "sec", "secs", "minute", "minutes", "min",
    "mins", "hour", "hours", "hr", "hrs", "day", "days", "week", "weeks", "month", "months", "year", "years",
    "秒钟", "秒鐘", "秒", "分钟", "分鐘", "分", "小时", "小時", "時間", "时", "天", "日", "周", "週間", "週", "星期", "个月", "個月", "か月",
    "ヶ月", "月", "年", "초", "분", "시간", "일", "주", "개월", "년", "ثانية", "ثوان", "دقيقة", "دقائق", "ساعة", "ساعات",
    "يوم", "أيام", "أسبوع", "أسابيع", "شهر", "أشهر", "سنة", "سنوات", "секунд", "минут", "минуты", "минуту",
    "час", "часа", "часов", "день", "дня", "дней", "sekunden", "minuten", "stunde", "stunden", "tag", "tagen",
    "segundos", "minutos", "hora", "horas", "día", "días",
];

/// Returns the line as it counts.
pub(super) fn settled(line: &str) -> String {
    if line.chars().count() > LINE_CHARACTERS_MAX || !line.contains(char::is_numeric) {
        return line.to_owned();
    }
    let words = words(&line.to_lowercase());
    let has = |table: &[&str]| words.iter().any(|word| names(word, table).is_some());
    let (is_age, is_count) = (has(AGO), has(VISITS));
    if !is_age && !is_count {
        return line.to_owned();
    }
    let counted = words
        .iter()
        .filter(|word| !word.starts_with(char::is_numeric));
    let counted = counted.map(|word| if is_age { without_unit(word) } else { word });
    counted
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Splits a line where letters, digits and all else meet. Separators within a number belong to it.
fn words(line: &str) -> Vec<String> {
    let class = |c: char| (c.is_numeric(), c.is_alphabetic());
    let characters: Vec<char> = line.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    for (at, &c) in characters.iter().enumerate() {
        let is_digit = |at: usize| characters.get(at).is_some_and(|c| c.is_numeric());
        let within = ",.".contains(c) && at > 0 && is_digit(at - 1) && is_digit(at + 1);
        let class = if within { (true, false) } else { class(c) };
        match words.last_mut() {
            Some(word) if last == Some(class) => word.push(c),
            _ => words.push(c.to_string()),
        }
        last = Some(class);
    }
    let trimmed = words.iter().map(|word| word.trim().to_owned());
    trimmed.filter(|word| !word.is_empty()).collect()
}

/// Returns the entry of a table that the word is; in scripts without spaces, that it begins or ends with.
fn names<'a>(word: &str, table: &[&'a str]) -> Option<&'a str> {
    let is = |entry: &&&str| {
        word == **entry
            || (is_unspaced(entry) && (word.starts_with(**entry) || word.ends_with(**entry)))
    };
    table.iter().find(is).copied()
}

/// Returns whether words of this script stand without spaces between them.
fn is_unspaced(entry: &str) -> bool {
    entry
        .chars()
        .all(|c| ('\u{2E80}'..='\u{D7FF}').contains(&c))
}

/// Returns the word without the unit of time that it is, or begins with where no space follows.
fn without_unit(word: &str) -> &str {
    match names(word, UNITS) {
        Some(unit) => word.strip_prefix(unit).unwrap_or(word),
        None => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, now: &str, same: bool) {
        assert_eq!(settled(before) == settled(now), same, "{before} / {now}");
    }

    #[test]
    fn forgives_visits_and_age() {
        check("1,234 views", "1,301 views", true);
        check("3 minutes ago", "an hour ago", false);
        check("3 minutes ago", "2 hours ago", true);
        check("Ann · 59 minutes ago", "Ann · 1 day ago", true);
        check("阅读 1024", "阅读 1.1万", false);
        check("阅读 1024", "阅读 2048", true);
        check("3分钟前", "2小时前", true);
        check("3分前", "5時間前", true);
        check("منذ 3 دقائق", "منذ 5 ساعات", true);
        check("조회 12", "조회 13", true);
    }

    #[test]
    fn forgives_nothing_else() {
        check("Version 1", "Version 2", false);
        check("3 comments", "4 comments", false);
        check("Ann · 3 minutes ago", "Bob · 3 minutes ago", false);
        check("10 views", "10 reviews", false);
        check("5 apples", "6 apples", false);
        check("2026年11月1日", "2026年11月2日", false);
        let sentence =
            "It was found three years ago that 5 of the 12 planets are no planets at all, and more";
        check(sentence, &sentence.replace('5', "6"), false);
    }
}
