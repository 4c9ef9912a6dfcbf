using Microsoft.AspNetCore.Mvc;

namespace Widget.Api.Web;

/// <summary>Names of the authorization and CORS policies.</summary>
internal static class Policies
{
    /// <summary>A visitor with a token.</summary>
    public const string Visitor = "visitor";

    /// <summary>A tenant's own program, with an API key.</summary>
    public const string Developer = "developer";

    /// <summary>A visitor or a tenant's own program.</summary>
    public const string VisitorOrDeveloper = "visitor-or-developer";

    /// <summary>The staff, a tenant's own program, a visitor, or a participant with a room's token.</summary>
    public const string RoomCaller = "room-caller";

    /// <summary>A program that speaks OpenAI's protocol, with a model key or an API key.</summary>
    public const string Model = "model";

    /// <summary>CORS for visitors: any site may send a request, and the server then checks the tenant's allowed origins.</summary>
    public const string AnyOrigin = "any-origin";

    /// <summary>Sets the maximum size of request bodies, in bytes.</summary>
    public static RouteGroupBuilder WithRequestSizeLimit(this RouteGroupBuilder group, long bytes) =>
        group.WithMetadata(new RequestSizeLimitAttribute(bytes));
}
