namespace Widget.Api.Web;

/// <summary>
/// A field of a request contradicts what is stored. The caller gets status 409 with the message as the field's error. Features derive
/// their own exceptions where a result value would have to pass through many layers.
/// </summary>
/// <param name="field">The field as the API names it.</param>
/// <param name="message">The error message for people.</param>
public abstract class ConflictException(string field, string message) : Exception(message)
{
    public string Field { get; } = field;
}
