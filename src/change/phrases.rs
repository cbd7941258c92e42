//! What do pages say that stand in an article's stead? The words of error pages, walls and parked domains. Pure.

use super::Standing;

/// Whole titles and lines.
const WHOLE: &[(&str, Standing)] = &[
    ("404", Standing::Gone),
    ("410", Standing::Gone),
    ("gone", Standing::Gone),
    ("not found", Standing::Gone),
    ("403", Standing::Blocked),
    ("forbidden", Standing::Blocked),
    ("unauthorized", Standing::Blocked),
    ("log in", Standing::Blocked),
    ("login", Standing::Blocked),
    ("sign in", Standing::Blocked),
    ("error", Standing::Changed),
];

/// Parts of titles and lines.
#[rustfmt::skip]
const PARTS: &[(Standing, &[&str])] = &[
    (Standing::Blocked, &[
        "access denied", "access to this page has been denied", "403 forbidden", "error 403", "attention required",
        "just a moment", "checking your browser", "verify you are human", "are you a robot", "unusual traffic",
        "log in to continue", "sign in to continue", "login required", "please log in", "please login", "please sign in",
        "you must be logged in", "subscribers only", "subscribe to continue", "members only",
        "not available in your country", "not available in your region", "unavailable for legal reasons",
        "请登录", "請登入", "登录后", "登入後", "需要登录", "没有权限", "無權", "无权访问", "访问受限", "安全验证", "人机验证",
        "环境异常", "ログインしてください", "ログインが必要", "会員限定", "로그인이 필요", "접근 권한",
        "تسجيل الدخول مطلوب", "يجب تسجيل الدخول", "bitte melden sie sich an", "veuillez vous connecter", "inicia sesión para",
    ]),
    (Standing::Gone, &[
        "page not found", "404 not found", "404 error", "error 404", "http 404", "404 |", "| 404", "404 -", "- 404", "404:",
        "410 gone", "post not found", "article not found", "story not found", "content not found", "file not found",
        "page can't be found", "page can’t be found", "page cannot be found", "page could not be found", "couldn't find",
        "couldn’t find", "page was not found", "page doesn't exist", "page doesn’t exist", "page does not exist",
        "isn't available", "isn’t available", "no longer available", "no longer exists", "has been removed",
        "has been deleted", "was deleted", "was removed",
        "页面不存在", "頁面不存在", "页面未找到", "页面没有找到", "找不到页面", "找不到頁面", "找不到网页", "找不到該", "找不到该",
        "无法找到", "無法找到", "文章不存在", "内容不存在", "帖子不存在", "已被删除", "已被刪除", "已删除", "已刪除", "已下架",
        "ページが見つかりません", "お探しのページ", "記事が見つかりません", "ページは存在しません", "削除されました",
        "찾을 수 없습니다", "존재하지 않는", "삭제된", "삭제되었습니다",
        "الصفحة غير موجودة", "لم يتم العثور", "غير متوفرة", "تم حذف",
        "seite nicht gefunden", "nicht mehr verfügbar", "page introuvable", "page non trouvée", "n'existe plus",
        "página no encontrada", "no se encuentra", "página não encontrada", "pagina non trovata", "страница не найдена",
    ]),
    (Standing::Changed, &[
        "domain is for sale", "buy this domain", "domain has expired", "domain parking", "account suspended",
        "account has been suspended", "internal server error", "service unavailable", "bad gateway",
        "error establishing a database connection", "under maintenance", "under construction", "be right back",
        "域名出售", "网站维护", "系统维护", "网站已关闭", "暂停访问", "メンテナンス中", "ただいまメンテナンス", "점검 중",
        "الموقع تحت الصيانة",
    ]),
];

/// Parts of a path where one logs in.
const LOGINS: &[&str] = &[
    "account",
    "accounts",
    "auth",
    "captcha",
    "challenge",
    "log-in",
    "login",
    "logon",
    "oauth",
    "oauth2",
    "passport",
    "paywall",
    "saml",
    "session",
    "sessions",
    "sign-in",
    "sign_in",
    "signin",
    "signup",
    "sso",
    "subscribe",
    "wp-login",
];

/// Returns what a title or line says of the page, where it is a message of this kind.
pub(super) fn standing(line: &str) -> Option<Standing> {
    let line = line.trim().to_lowercase();
    let bare = line.trim_matches(|c: char| !c.is_alphanumeric());
    let whole = WHOLE.iter().find(|(whole, _)| *whole == bare);
    whole.map(|(_, standing)| *standing).or_else(|| {
        let part = PARTS
            .iter()
            .find(|(_, parts)| parts.iter().any(|part| line.contains(part)));
        part.map(|(standing, _)| *standing)
    })
}

/// Returns whether a page at this path is one where one logs in.
pub(super) fn logs_in(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    path.split('/').any(|part| {
        let stem = part.split('.').next().unwrap_or_default();
        LOGINS.contains(&stem)
    })
}
