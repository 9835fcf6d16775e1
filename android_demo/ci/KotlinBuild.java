import java.util.ArrayList;
import java.util.List;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;

/**
 * Compiles several Kotlin modules one after the other in one Java machine, whose compiler is warm
 * after the first: half the time of one machine a module.
 *
 * <pre>java -cp kotlin-compiler.jar KotlinBuild.java NAME ARGUMENT… , NAME ARGUMENT… ,</pre>
 */
final class KotlinBuild {
    public static void main(String[] arguments) {
        List<String> module = new ArrayList<>();
        for (String argument : arguments) {
            if (!argument.equals(",")) {
                module.add(argument);
                continue;
            }
            long start = System.nanoTime();
            String name = module.remove(0);
            ExitCode code = new K2JVMCompiler().exec(System.err, module.toArray(new String[0]));
            if (code != ExitCode.OK) {
                System.err.println(name + ": not compiled (" + code + ")");
                System.exit(1);
            }
            System.out.printf("%s: compiled in %.0f s%n", name, (System.nanoTime() - start) / 1e9);
            module.clear();
        }
    }
}
