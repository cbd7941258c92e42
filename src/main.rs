//! Where does the program begin? Hands over to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    offprint::cli::main()
}
