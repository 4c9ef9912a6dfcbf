namespace Widget.Admin.Api;

/// <summary>Addresses that lead back into the console.</summary>
public static class LocalAddress
{
    /// <summary>The address if it is a path of the console, and otherwise the start page. Keeps others from sending viewers elsewhere.</summary>
    public static string Of(string? address) =>
        address is { Length: > 1 } && address[0] == '/' && address[1] is not ('/' or '\\') ? address : "/";
}
