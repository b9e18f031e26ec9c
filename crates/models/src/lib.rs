//! models.
#![no_std]
