#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| offprint_fuzz::law::still(data));
