import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Adds members of later API levels to the classes of an android.jar.
 *
 * <pre>java -cp asm.jar MergeStubs.java ANDROID_JAR STUB_CLASSES_FOLDER MERGED_JAR</pre>
 *
 * A stub declares only what a class got later. Members that the class has already stay as they
 * are; classes that it has not are taken whole. Code is never run from the merged jar.
 */
final class MergeStubs {
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            System.err.println("usage: MergeStubs ANDROID_JAR STUB_CLASSES_FOLDER MERGED_JAR");
            System.exit(2);
        }
        Map<String, Path> stubs = stubs(Path.of(arguments[1]));
        try (ZipFile android = new ZipFile(arguments[0]);
                ZipOutputStream merged =
                        new ZipOutputStream(Files.newOutputStream(Path.of(arguments[2])))) {
            merged.setLevel(1);
            for (ZipEntry entry : android.stream().filter(e -> isClass(e)).toList()) {
                byte[] bytes;
                try (InputStream stream = android.getInputStream(entry)) {
                    bytes = stream.readAllBytes();
                }
                Path stub = stubs.remove(entry.getName());
                if (stub != null) {
                    bytes = withMembersOf(bytes, Files.readAllBytes(stub));
                }
                put(merged, entry.getName(), bytes);
            }
            for (Map.Entry<String, Path> stub : stubs.entrySet()) {
                put(merged, stub.getKey(), Files.readAllBytes(stub.getValue()));
            }
        }
    }

    private static boolean isClass(ZipEntry entry) {
        return entry.getName().endsWith(".class");
    }

    private static Map<String, Path> stubs(Path folder) throws IOException {
        Map<String, Path> stubs = new HashMap<>();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                stubs.put(folder.relativize(file).toString().replace('\\', '/'), file);
            }
        }
        return stubs;
    }

    private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(315_532_800_000L); // 1980: the same jar every time
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    private static byte[] withMembersOf(byte[] original, byte[] stub) {
        Set<String> present = new HashSet<>();
        new ClassReader(original).accept(new Names(present), ClassReader.SKIP_CODE);
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(original).accept(new Adding(writer, stub, present), 0);
        return writer.toByteArray();
    }

    private static String key(String name, String descriptor) {
        return name + " " + descriptor;
    }

    /** Collects the members and inner classes of a class. */
    private static final class Names extends ClassVisitor {
        private final Set<String> names;

        Names(Set<String> names) {
            super(Opcodes.ASM9);
            this.names = names;
        }

        @Override
        public FieldVisitor visitField(int access, String name, String type, String s, Object v) {
            names.add(key(name, type));
            return null;
        }

        @Override
        public MethodVisitor visitMethod(int access, String name, String type, String s, String[] e) {
            names.add(key(name, type));
            return null;
        }

        @Override
        public void visitInnerClass(String name, String outer, String inner, int access) {
            names.add(name);
        }
    }

    /** Copies a class and, at its end, what only the stub has. */
    private static final class Adding extends ClassVisitor {
        private final byte[] stub;
        private final Set<String> present;

        Adding(ClassVisitor to, byte[] stub, Set<String> present) {
            super(Opcodes.ASM9, to);
            this.stub = stub;
            this.present = present;
        }

        @Override
        public void visit(int v, int access, String name, String s, String parent, String[] faces) {
            // Interfaces with static or default methods need class file version 52.
            super.visit(Math.max(v, Opcodes.V1_8), access, name, s, parent, faces);
        }

        @Override
        public void visitEnd() {
            ClassVisitor to = cv;
            new ClassReader(stub).accept(new ClassVisitor(Opcodes.ASM9) {
                @Override
                public FieldVisitor visitField(
                        int access, String name, String type, String s, Object value) {
                    return present.add(key(name, type))
                            ? to.visitField(access, name, type, s, value) : null;
                }

                @Override
                public MethodVisitor visitMethod(
                        int access, String name, String type, String s, String[] exceptions) {
                    // javac gives each stub a constructor that the real class need not have.
                    boolean own = !(name.equals("<init>") && type.equals("()V"));
                    return own && present.add(key(name, type))
                            ? to.visitMethod(access, name, type, s, exceptions) : null;
                }

                @Override
                public void visitInnerClass(String name, String outer, String inner, int access) {
                    if (present.add(name)) {
                        to.visitInnerClass(name, outer, inner, access);
                    }
                }
            }, 0);
            super.visitEnd();
        }
    }
}
