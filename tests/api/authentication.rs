//! Who is let in, who is refused, and what counts against whom, while Openfire or its user store fails.

mod doubt;
mod limits;
mod outages;
mod user_store;
