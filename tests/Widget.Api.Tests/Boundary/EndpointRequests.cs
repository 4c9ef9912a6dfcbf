using System.Collections;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Widget.Api.Tests.Boundary;

/// <summary>
/// Creates a request for every endpoint of a node from the endpoint's metadata, so that new endpoints are included. The ids in the path
/// and the body belong to another tenant.
/// </summary>
internal sealed class EndpointRequests(ApiNode node, OtherTenant other)
{
    public sealed record Target(RouteEndpoint Endpoint, string Method, string Path)
    {
        public bool HasSlug => Endpoint.RoutePattern.Parameters.Any(parameter => parameter.Name == "slug");

        public bool IsHub => Path.StartsWith("/hubs/", StringComparison.Ordinal);

        public override string ToString() => $"{Method} {Endpoint.RoutePattern.RawText}";
    }

    public IReadOnlyList<Target> All { get; } =
    [
        .. node.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(endpoint =>
            (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["GET", "POST"])
            .Where(method => method != "OPTIONS")
            .Select(method => new Target(endpoint, method, PathOf(endpoint.RoutePattern, other)))),
    ];

    public HttpRequestMessage Make(Target target)
    {
        var request = new HttpRequestMessage(new HttpMethod(target.Method), target.Path);
        request.Headers.Accept.ParseAdd("application/json");
        if (target.Method is "GET" or "DELETE") return request;
        var type = target.Endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType;
        request.Content = JsonContent.Create(Body(target, type));
        return request;
    }

    private static string PathOf(RoutePattern pattern, OtherTenant other) =>
        "/" + string.Join('/', pattern.PathSegments.Select((segment, at) => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            RoutePatternParameterPart { Name: "slug" or "model" } => other.Slug,
            RoutePatternParameterPart { Name: "message" or "portrait" } => other.Message.ToString(),
            RoutePatternParameterPart { Name: "id" } => other.IdOf(
                at > 0 && pattern.PathSegments[at - 1].Parts is [RoutePatternLiteralPart kind] ? kind.Content : "")
                .ToString(),
            _ => "x",
        }))));

    private object Body(Target target, Type? type) => target.Path switch
    {
        "/api/tavus/tool" => new { name = "search_knowledge", arguments = new { query = OtherTenant.Question } },
        "/v1/chat/completions" => new { model = "widget", messages = new[] { new { role = "user", content = OtherTenant.Question } } },
        "/api/widget/session" => new { siteKey = other.SiteKey },
        // These endpoints check keys at other services, which tests must not call.
        { } path when path.EndsWith("/key", StringComparison.Ordinal) => new { },
        _ => Sample(type, 0) ?? new { },
    };

    // A value for each property that is likely to be valid. The tests also work with invalid values.
    private object? Sample(Type? type, int depth)
    {
        if (type is null || depth > 3) return null;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return OtherTenant.Question;
        if (type == typeof(Guid)) return other.Conversation;
        if (type == typeof(bool)) return true;
        if (type == typeof(DateTimeOffset)) return DateTimeOffset.UnixEpoch;
        if (type == typeof(JsonElement) || type.IsInterface || typeof(IEnumerable).IsAssignableFrom(type))
        {
            return typeof(IDictionary).IsAssignableFrom(type)
                || type.Name.Contains("Dictionary", StringComparison.Ordinal)
                || type == typeof(JsonElement)
                ? new { }
                : Array.Empty<object>();
        }

        if (type.IsEnum) return JsonSerializer.SerializeToElement(Enum.GetValues(type).GetValue(0), type);
        if (type.IsPrimitive || type == typeof(decimal)) return 1;
        return type.GetProperties().Where(property => property.CanWrite).ToDictionary(
            property => JsonNamingPolicy.CamelCase.ConvertName(property.Name),
            property => Sample(property.PropertyType, depth + 1));
    }
}
