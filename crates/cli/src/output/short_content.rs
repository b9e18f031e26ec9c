//! The content of a file that is as short as one with a secret.

use std::fs::File;
use std::io::{self, Read as _};

use zeroize::Zeroizing;

/// The maximum length of a file with a secret, in bytes.
pub(crate) const MAX_LENGTH: usize = 4096;

/// Reads the rest of a file. No growth of the buffer leaves a copy of a secret behind.
///
/// # Errors
/// It cannot be read, or is longer than [`MAX_LENGTH`] (`FileTooLarge`): what nobody has looked at could be lost.
pub(crate) fn read(file: &mut File) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut content = Zeroizing::new(Vec::with_capacity(MAX_LENGTH + 1));
    file.take(MAX_LENGTH as u64 + 1).read_to_end(&mut content)?;
    match content.len() > MAX_LENGTH {
        true => Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it is longer than {MAX_LENGTH} bytes"),
        )),
        false => Ok(content),
    }
}
