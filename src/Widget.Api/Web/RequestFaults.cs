using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Widget.Api.Web;

/// <summary>What is wrong with a request.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Title">The error message for people.</param>
/// <param name="Field">The invalid field; null when the error is not about one field.</param>
internal readonly record struct RequestFault(int Status, string Title, string? Field = null);

/// <summary>
/// Explains why a request could not be read. The framework's messages contain .NET type names and may change with any release. So the
/// expected value is taken from the endpoint's parameters and the type of its body.
/// </summary>
internal sealed class RequestFaults(IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json, IOptions<FormOptions> form)
{
    private const string InvalidJson = "The request is not valid JSON.";

    public RequestFault Explain(BadHttpRequestException e, HttpContext http)
    {
        // The exception handler has already removed the endpoint from the request.
        var failed = http.Features.Get<IExceptionHandlerFeature>();
        var endpoint = failed?.Endpoint ?? http.GetEndpoint();
        return e switch
        {
            { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(e.StatusCode, Problems.TooLarge(http)),
            { StatusCode: StatusCodes.Status415UnsupportedMediaType } => new(e.StatusCode, Problems.UnknownContentType),
            { StatusCode: StatusCodes.Status408RequestTimeout } => new(e.StatusCode, "The request came too slowly. Please send it again."),
            { StatusCode: not StatusCodes.Status400BadRequest } => new(e.StatusCode, Problems.Unreadable),
            { InnerException: JsonException inner } => Explain(inner, BodyType(endpoint)),
            { InnerException: InvalidDataException over } when http.Request.HasFormContentType && IsOverLimit(over) =>
                new(StatusCodes.Status413PayloadTooLarge, FormTooLarge()),
            { InnerException: InvalidDataException } when http.Request.HasFormContentType =>
                BadRequest("The form could not be read. Send it as multipart/form-data, complete and with its boundary."),
            // The server's own exceptions are about malformed HTTP, not about parameters.
            { InnerException: not null } => BadRequest(Problems.Unreadable),
            _ when e.GetType() != typeof(BadHttpRequestException) => BadRequest(Problems.Unreadable),
            _ => FindInvalidParameter(endpoint, failed?.RouteValues ?? http.Request.RouteValues, http.Request)
                ?? (BodyType(endpoint) is null ? BadRequest(Problems.Unreadable)
                    : http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false
                        ? BadRequest("The request has no body. Send a JSON object.")
                    : BadRequest("The request must be a JSON object, not null.")),
        };
    }

    /// <summary>
    /// Explains a request that was refused without an exception: compiled endpoints refuse values of optional parameters that way. Null if
    /// all values of the path and the query are valid.
    /// </summary>
    public static RequestFault? ExplainRefusal(HttpContext http) =>
        FindInvalidParameter(http.GetEndpoint(), http.Request.RouteValues, http.Request);

    // The framework throws the same exception for an invalid form and for one over a limit. Only the message differs.
    private static bool IsOverLimit(InvalidDataException e) =>
        e.Message.Contains(" limit ", StringComparison.Ordinal) && e.Message.EndsWith("exceeded.", StringComparison.Ordinal);

    private string FormTooLarge() => string.Create(
        CultureInfo.InvariantCulture,
        $"The form is too large. It can have at most {form.Value.ValueCountLimit:N0} fields, "
            + $"each with at most {form.Value.MultipartHeadersLengthLimit >> 10} KB of headers.");

    private RequestFault Explain(JsonException e, Type? body)
    {
        // An inner JsonException means invalid JSON. Without one, the JSON is valid but has another type.
        if (e.InnerException is JsonException || body is null) return BadRequest(InvalidJson);
        var place = JsonPlace.Find(body, e.Path, json.Value.SerializerOptions);
        if (place.Type is { } parent && MissingField(e, parent) is { } missing)
        {
            var field = place.Field.Length == 0 ? missing : $"{place.Field}.{missing}";
            return BadRequest($"{field} is missing.", field);
        }

        if (place.Field.Length == 0) return BadRequest("The request must be a JSON object.");
        return place.Type is null
            ? BadRequest($"{place.Field} is not a field of this request.", place.Field)
            : BadRequest($"{place.Field} must be {ExpectedValues.Of(place.Type)}.", place.Field);
    }

    // The exception for a missing member has the path of the object, and names the members in its message only.
    private string? MissingField(JsonException e, Type type)
    {
        var info = json.Value.SerializerOptions.GetTypeInfo(type);
        return info.Kind == JsonTypeInfoKind.Object
            ? info.Properties.FirstOrDefault(property =>
                property.IsRequired && e.Message.Contains($"'{property.Name}'", StringComparison.Ordinal))?.Name
            : null;
    }

    // Checks the values of the path and the query, and the files of a form.
    private static RequestFault? FindInvalidParameter(Endpoint? endpoint, RouteValueDictionary route, HttpRequest request)
    {
        foreach (var (name, type, isOptional) in ParametersOf(endpoint?.Metadata.GetMetadata<MethodInfo>()))
        {
            if (type == typeof(IFormFile))
            {
                if (isOptional || !request.HasFormContentType) continue;
                // The form broke off before its end, so the file may have been in the missing part.
                if (request.HttpContext.Features.Get<IFormFeature>()?.Form is not { } form) return BadRequest(Problems.Unreadable);
                if (form.Files.GetFile(name) is null) return BadRequest($"{name} is missing.", name);
                continue;
            }

            var valueType = type.GetElementType() ?? Nullable.GetUnderlyingType(type) ?? type;
            if (valueType != typeof(string) && !valueType.IsEnum && TryParse(valueType) is null) continue;
            var values = route.TryGetValue(name, out var of) ? [of?.ToString()] : request.Query[name].ToArray();
            if (values.Length == 0 && !isOptional) return BadRequest($"{name} is missing.", name);
            if (valueType != typeof(string) && values.Any(value => value is { Length: > 0 } && !CanParse(valueType, value)))
                return BadRequest($"{name} must be {ExpectedValues.Of(valueType)}.", name);
        }

        return null;
    }

    // The handler's own parameters. The metadata of compiled endpoints does not say which of them are parsed.
    private static IEnumerable<(string Name, Type Type, bool IsOptional)> ParametersOf(MethodInfo? handler)
    {
        var nullability = new NullabilityInfoContext();
        foreach (var parameter in handler?.GetParameters() ?? [])
        {
            var type = parameter.ParameterType;
            if (parameter.IsDefined(typeof(FromFormAttribute))) continue;
            if (parameter.IsDefined(typeof(AsParametersAttribute)))
            {
                foreach (var property in type.GetProperties())
                {
                    var isNullable = nullability.Create(property).WriteState == NullabilityState.Nullable;
                    yield return (JsonNamingPolicy.CamelCase.ConvertName(property.Name), property.PropertyType, isNullable);
                }
            }
            else
            {
                var isOptional = parameter.HasDefaultValue
                    || type.IsArray
                    || nullability.Create(parameter).WriteState == NullabilityState.Nullable;
                yield return (parameter.Name!, type, isOptional);
            }
        }
    }

    private static MethodInfo? TryParse(Type type) => type.GetMethod(
        "TryParse", BindingFlags.Public | BindingFlags.Static, [typeof(string), typeof(IFormatProvider), type.MakeByRefType()]);

    private static bool CanParse(Type type, string value)
    {
        if (type.IsEnum) return Enum.TryParse(type, value, ignoreCase: true, out _);
        return TryParse(type)?.Invoke(null, [value, CultureInfo.InvariantCulture, null]) is true;
    }

    private static Type? BodyType(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<IAcceptsMetadata>() is { RequestType: { } type } && type != typeof(IFormFile) ? type : null;

    private static RequestFault BadRequest(string title, string? field = null) => new(StatusCodes.Status400BadRequest, title, field);
}
