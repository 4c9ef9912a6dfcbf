using System.ComponentModel.DataAnnotations;

namespace Widget.Contracts;

/// <summary>
/// An absolute https address. Plain http is allowed for this machine only, because browsers block pictures over http on https pages.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WebAddressAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is null || (value is string text && IsValidAddress(text))
            ? ValidationResult.Success
            : new ValidationResult(
                $"{Name(validationContext)} must be an https address, such as https://www.example.com/logo.svg.",
                [validationContext.MemberName ?? ""]);

    private static bool IsValidAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.UserInfo.Length == 0
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    private static string Name(ValidationContext context) =>
        System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(context.MemberName ?? context.DisplayName);
}
