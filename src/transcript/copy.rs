//! The id of one copy that was handed out: it says which sheets and groups the copy opens, so that every replica can
//! tell without asking another, and is otherwise random.

use std::fmt;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::groups::{Group, GroupSet};

/// Most sheets of one booklet, counted in ledger order, that a copy can name.
pub const MAX_SHEETS: usize = 32;

/// Groups (2 bytes), sheets (4 bytes), random (14 bytes).
const LENGTH: usize = 20;

/// A copy's id. No secret: what opens a copy is the signature over it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CopyId([u8; LENGTH]);

impl CopyId {
    /// The id of a copy that opens `groups` of the sheets at these places, counted from 0 in ledger order; None when a
    /// place is beyond [`MAX_SHEETS`], there is none, or the groups are none or hold `staff_ids`, which no copy opens.
    pub fn new(groups: GroupSet, places: &[usize], random: [u8; 14]) -> Option<Self> {
        let mut sheets = 0u32;
        for place in places {
            sheets |= 1u32.checked_shl(u32::try_from(*place).ok()?)?;
        }
        let mut bytes = [0; LENGTH];
        bytes[..2].copy_from_slice(&groups.to_bits().to_be_bytes());
        bytes[2..6].copy_from_slice(&sheets.to_be_bytes());
        bytes[6..].copy_from_slice(&random);
        Self::from_bytes(&bytes)
    }

    /// From its bytes; None for what [`CopyId::new`] would not make.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let id = Self(bytes.try_into().ok()?);
        let groups = GroupSet::from_bits(u16::from_be_bytes([id.0[0], id.0[1]]))?;
        (groups != GroupSet::NONE && !groups.contains(Group::StaffIds) && id.sheets() != 0).then_some(id)
    }

    /// Reads the wire form: lower-case hex.
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::from_bytes(&HEXLOWER.decode(text.as_bytes()).ok()?)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// The groups it opens.
    pub fn groups(&self) -> GroupSet {
        GroupSet::from_bits(u16::from_be_bytes([self.0[0], self.0[1]])).unwrap_or_default()
    }

    /// Whether it opens the sheet at this place of the booklet, counted from 0 in ledger order.
    pub fn opens(&self, place: usize) -> bool {
        place < MAX_SHEETS && self.sheets() & (1 << place) != 0
    }

    /// How many sheets it opens.
    pub fn count(&self) -> usize {
        self.sheets().count_ones() as usize
    }

    const fn sheets(&self) -> u32 {
        u32::from_be_bytes([self.0[2], self.0[3], self.0[4], self.0[5]])
    }
}

impl fmt::Display for CopyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for CopyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CopyId({self})")
    }
}

impl Serialize for CopyId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CopyId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        super::text::parsed(from, "the id of a copy", Self::from_wire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_what_it_opens() {
        let id = CopyId::new(GroupSet::BIRTH_DATE, &[0, 3, 31], [7; 14]).expect("a copy");
        let opened: Vec<usize> = (0..64).filter(|place| id.opens(*place)).collect();
        assert_eq!((opened, id.count(), id.groups()), (vec![0, 3, 31], 3, GroupSet::BIRTH_DATE));
        assert_eq!(CopyId::from_wire(&id.to_string()), Some(id));
    }

    #[test]
    fn no_id_opens_staff_ids_nothing_or_what_it_cannot_name() {
        let random = [1; 14];
        assert_eq!(CopyId::new(GroupSet::ALL, &[0], random), None);
        assert_eq!(CopyId::new(GroupSet::NONE, &[0], random), None);
        assert_eq!(CopyId::new(GroupSet::BIRTH_DATE, &[], random), None);
        assert_eq!(CopyId::new(GroupSet::BIRTH_DATE, &[MAX_SHEETS], random), None);
        let mut bits = *CopyId::new(GroupSet::BIRTH_DATE, &[0], random).expect("a copy").as_bytes();
        bits[0] = 0x80;
        assert_eq!(CopyId::from_bytes(&bits), None, "a group that there is not");
    }
}
