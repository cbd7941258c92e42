//! Which markup is an SVG, which SVG is whole, and what is it instead? Pure.

use super::*;
use crate::media::fault::Flaw;
use crate::media::identify;

#[track_caller]
fn check(text: &str, media: &MediaType, flaw: Option<Flaw>) {
    let verdict = identify(text.as_bytes());
    assert_eq!((verdict.media(), verdict.flaw()), (media, flaw), "{text}");
}

#[test]
fn whole_and_cut() {
    let svg = |text, flaw| check(text, &MediaType::Svg, flaw);
    svg("<svg/>", None);
    svg("\n<svg a='/>'><g/></svg >\n<!-- end -->\n<?x?>\n", None);
    svg("<s:svg xmlns:s='x'><s:g></s:g></s:svg>", None);
    svg("<?xml version='1.0'?><!DOCTYPE svg><svg></svg>", None);
    svg("<!-- <html> --><svg><!-- </svg> --></svg>", None);
    svg("<svg><style><![CDATA[</svg>]] >]]></style></svg>", None);
    svg("\u{FEFF}<svg></svg>", None);
    svg("<svg a='1' b = \"2\"\n/>", None);
    svg("<svg>", Some(Flaw::Truncated));
    svg("<svg a='>", Some(Flaw::Truncated));
    svg("<svg><svg></svg>", Some(Flaw::Truncated));
    svg("<svg><!-- --></sv", Some(Flaw::Truncated));
    svg("<svg/><!-- end", Some(Flaw::Truncated));
}

#[test]
fn what_is_no_xml_is_no_svg() {
    let svg = |text| check(text, &MediaType::Svg, Some(Flaw::BadStructure));
    svg("<svg><g></svg></g>");
    svg("<svg><G></g></svg>");
    svg("<svg></svg><svg/>");
    svg("<svg></svg>\0\0");
    svg("<svg></svg> and more");
    svg("<!-- --> no <svg/>");
    svg("<svg width=9></svg>");
    svg("<svg hidden></svg>");
    svg("<svg a='1'b='2'></svg>");
    svg("<svg a='<'></svg>");
    svg("<svg></svg x>");
    svg("<svg><g / ></g></svg>");
    svg("<svg>1 < 2</svg>");
    svg(&"<svg>".repeat(6000));
}

#[test]
fn references() {
    let svg = |text, flaw| check(text, &MediaType::Svg, flaw);
    let broken = Some(Flaw::BadStructure);
    svg("<svg a='&amp;&#65;'>&lt;&#x1F600;&apos;</svg>", None);
    svg("<svg a='?a=1&b=2'/>", broken);
    svg("<svg>R&D</svg>", broken);
    svg("<svg>&nbsp;</svg>", broken);
    svg("<svg>&#xZ;</svg>", broken);
    svg("<svg>&;</svg>", broken);
    svg("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>", None);
}

#[test]
fn where_it_is_broken_is_told() {
    let verdict = identify(b"\n<svg><g></svg>");
    let fault = verdict.fault().map(|fault| (fault.at, fault.expected));
    assert_eq!(fault, Some((14, "well-formed XML")));
}

#[test]
fn the_document_element_decides() {
    check("<!-- a --><p><svg></svg>", &MediaType::Html, None);
    check("<!DOCTYPE HTML><svg></svg>", &MediaType::Html, None);
    check(
        "<?xml version='1.0'?><feed><svg/></feed>",
        &MediaType::Xml,
        None,
    );
    check("<?xml version='1.0'?>", &MediaType::Xml, None);
    check("<!-- cut", &MediaType::Html, None);
    check("<svgx></svgx>", &MediaType::Xml, None);
}
