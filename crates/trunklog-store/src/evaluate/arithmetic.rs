//! Arithmetic, whose result is null where it has none.

use trunklog_odata::expr::Arithmetic;

use super::Value;

/// A number with ten places after the point as a whole number.
const SCALE: f64 = 1e10;

/// From here on floats are coarser than the ten places.
const ROUNDED_BELOW: f64 = 9e8;

/// The result of arithmetic on two values.
pub(super) fn computed(by: Arithmetic, left: &Value, right: &Value) -> Value {
    if let (Value::Int(left), Value::Int(right)) = (left, right)
        && by != Arithmetic::DivideBy
    {
        return whole(by, *left, *right).map_or(Value::Null, Value::Int);
    }
    let (Some(left), Some(right)) = (float(left), float(right)) else { return Value::Null };
    let result = match by {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        // A float divided by zero is not finite, and so null.
        Arithmetic::Divide | Arithmetic::DivideBy => left / right,
        Arithmetic::Modulo => left % right,
    };
    if !result.is_finite() {
        Value::Null
    } else if result.abs() < ROUNDED_BELOW {
        Value::Number((result * SCALE).round() / SCALE)
    } else {
        Value::Number(result)
    }
}

/// A number with the other sign.
pub(super) fn negated(value: &Value) -> Value {
    match value {
        Value::Int(value) => value.checked_neg().map_or(Value::Null, Value::Int),
        Value::Number(value) => Value::Number(-value),
        _ => Value::Null,
    }
}

/// Arithmetic on whole numbers; None when it overflows or divides by zero.
fn whole(by: Arithmetic, left: i64, right: i64) -> Option<i64> {
    match by {
        Arithmetic::Add => left.checked_add(right),
        Arithmetic::Subtract => left.checked_sub(right),
        Arithmetic::Multiply => left.checked_mul(right),
        Arithmetic::Divide | Arithmetic::DivideBy => left.checked_div(right),
        Arithmetic::Modulo => left.checked_rem(right),
    }
}

/// A number as a float; None for what is not a number.
pub(super) fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Number(value) => Some(*value),
        Value::Int(value) => Some(nearest(*value)),
        Value::Null | Value::Bool(_) | Value::Text(_) => None,
    }
}

/// The float that is nearest to a whole number.
pub(super) fn nearest(value: i64) -> f64 {
    // Both halves are exact, so only their sum is rounded.
    let high = i32::try_from(value >> 32).expect("the upper half of 64 bits has 32");
    let low = u32::try_from(value & 0xffff_ffff).expect("the lower half of 64 bits has 32");
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_become_the_nearest_float() {
        for (value, expected) in [
            (0, 0.0),
            (-1, -1.0),
            (i64::from(i32::MIN), -2_147_483_648.0),
            (i64::MAX, 9_223_372_036_854_775_808.0),
            (i64::MIN, -9_223_372_036_854_775_808.0),
        ] {
            assert_eq!(float(&Value::Int(value)), Some(expected), "{value}");
        }
    }

    #[test]
    fn what_is_no_number_has_no_result() {
        let one = Value::Int(1);
        for other in [Value::Null, Value::Bool(true), Value::Text("1".to_owned())] {
            assert_eq!(computed(Arithmetic::Add, &one, &other), Value::Null, "{other:?}");
            assert_eq!(computed(Arithmetic::Add, &other, &one), Value::Null, "{other:?}");
            assert_eq!(negated(&other), Value::Null, "{other:?}");
        }
        assert_eq!(negated(&Value::Int(i64::MIN)), Value::Null);
        assert_eq!(negated(&Value::Number(0.5)), Value::Number(-0.5));
    }
}
