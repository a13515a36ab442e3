//! A table that refuses certain rows, with the SQLSTATE of one's choice.

use super::{Tables, unique};

/// A refusal in force; others' rows are not touched by it.
#[derive(Debug)]
pub(crate) struct Refusing(String);

impl Refusing {
    /// From now on `table` refuses new and changed rows that meet `condition`, which calls the row NEW.
    pub(crate) async fn rows(tables: &Tables, table: &str, condition: &str, state: &str) -> Self {
        let name = format!("refuse_{}", unique());
        let function = format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'refused, as ordered' USING ERRCODE = '{state}'; END $$"
        );
        let trigger = format!(
            "CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table}
                FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()"
        );
        tables.run(&format!("{function}; {trigger}")).await;
        Self(name)
    }

    /// From now on it takes them.
    pub(crate) async fn end(self, tables: &Tables) {
        tables.run(&format!("DROP FUNCTION {} CASCADE", self.0)).await;
    }
}
