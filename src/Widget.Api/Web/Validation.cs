using Widget.Contracts;

namespace Widget.Api.Web;

/// <summary>Metadata of endpoints whose body is checked by its attributes.</summary>
internal sealed record ValidatedBody(Type Type);

/// <summary>
/// Checks values by their attributes. The same check serves request bodies, hub arguments and lines of an import. ASP.NET Core's own
/// validation covers only endpoints, and names .NET's properties instead of JSON's fields.
/// </summary>
internal static class Validation
{
    /// <summary>The error of a field that must be an ISO 639-1 code.</summary>
    public const string LanguageError = "The language must be an ISO 639-1 code, such as en.";

    /// <summary>Whether a text has the form of an ISO 639-1 code.</summary>
    public static bool IsLanguage(string text) => text.Length == 2 && text.All(char.IsAsciiLetterLower);

    /// <summary>Responds with 400 and the errors of every field if the request's body is invalid, before the handler runs.</summary>
    public static RouteHandlerBuilder Validate<TRequest>(this RouteHandlerBuilder route)
        where TRequest : class =>
        route.ProducesValidationProblem().WithMetadata(new ValidatedBody(typeof(TRequest))).AddEndpointFilter(async (context, next) =>
        {
            var errors = FindErrors(context.Arguments.OfType<TRequest>().Single());
            return errors.Count == 0
                ? await next(context)
                : TypedResults.ValidationProblem(errors, title: errors.Values.First()[0]);
        });

    /// <summary>Returns the errors by field, under the API's field names. Empty if the value is valid.</summary>
    public static Dictionary<string, string[]> FindErrors(object? value)
    {
        // A list entry or a hub argument can be JSON's null.
        if (value is null) return new Dictionary<string, string[]>(StringComparer.Ordinal) { [""] = ["It must be an object, not null."] };
        return FieldErrors.Of(value)
            .GroupBy(entry => entry.Field, entry => entry.Error, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
    }
}
