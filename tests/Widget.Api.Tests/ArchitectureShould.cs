using ArchUnitNET.Domain;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using Widget.Api.Host;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Widget.Api.Tests;

/// <summary>
/// The layers of the solution. Folders are namespaces here. The rules read compiled code, so they see every use except that of constants,
/// which the compiler copies.
/// </summary>
public sealed class ArchitectureShould
{
    private static readonly Architecture Solution = new ArchLoader()
        .LoadAssemblies(typeof(Server).Assembly, typeof(RagServices).Assembly, typeof(TenantId).Assembly, typeof(TenantSettings).Assembly)
        .Build();

    [Theory]
    [InlineData("Widget.Api")]
    [InlineData("Widget.Rag")]
    [InlineData("Widget.Platform")]
    public void Have_no_cycles_between_the_folders_of(string project) =>
        Folders(project).Should().BeFreeOfCycles().Check(Solution);

    /// <summary>
    /// The host knows every feature, so a feature that used it would know them all. Program.cs is outside of all folders.
    /// </summary>
    [Fact]
    public void Have_no_folder_that_uses_the_host() =>
        Types().That().ResideInNamespaceMatching(@"^Widget\.Api\.").And().DoNotResideInNamespaceMatching(In("Widget.Api", "Host"))
            .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching(In("Widget.Api", "Host")))
            .Check(Solution);

    /// <summary>Base folders use no feature.</summary>
    [Theory]
    [InlineData("Widget.Api", "Configuration", "")]
    [InlineData("Widget.Api", "Web", "")]
    [InlineData("Widget.Api", "Tenancy", "Configuration|Web")]
    [InlineData("Widget.Api", "Conversations", "Web")]
    [InlineData("Widget.Rag", "Embeddings", "Telemetry|Text")]
    [InlineData("Widget.Rag", "Classification", "Embeddings|Text")]
    [InlineData("Widget.Rag", "Search", "Classification|Embeddings|Telemetry|Text")]
    public void Have_base_folders_that_use_only_lower_folders(string project, string folder, string below) =>
        Types().That().ResideInNamespaceMatching(In(project, folder))
            .Should().NotDependOnAny(
                Types().That().ResideInNamespaceMatching($@"^{project}\.")
                    .And().DoNotResideInNamespaceMatching(In(project, $"{folder}|{below}")))
            .Check(Solution);

    [Theory]
    [InlineData("Widget.Contracts", "Widget.Platform|Widget.Rag|Widget.Api")]
    [InlineData("Widget.Platform", "Widget.Contracts|Widget.Rag|Widget.Api")]
    [InlineData("Widget.Rag", "Widget.Contracts|Widget.Api")]
    public void Have_projects_that_use_no_higher_project(string project, string above) =>
        Types().That().ResideInNamespaceMatching($@"^{project}(\.|$)")
            .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching($@"^({above})(\.|$)"))
            .Check(Solution);

    /// <summary>
    /// The project's namespaces, each with those inside it. ArchUnit's own patterns would make a slice of every nested one.
    /// </summary>
    private static GivenSlices Folders(string project)
    {
        var rule = new SliceRuleCreator();
        rule.SetSliceAssignment(new SliceAssignment(
            type => type.Namespace.FullName.StartsWith($"{project}.", StringComparison.Ordinal)
                ? SliceIdentifier.Of(type.Namespace.FullName[(project.Length + 1)..].Split('.')[0])
                : SliceIdentifier.Ignore(),
            $"that are the folders of {project}"));
        return new GivenSlices(rule);
    }

    private static string In(string project, string folders) => $@"^{project}\.({folders})(\.|$)";
}
